# tailrace_check.py - a ReFrame test of a shared mount: the check's verdict is its sanity,
# the price of flock its performance, to be compared from one maintenance to the next.
#
#	TAILRACE_DIR=/mnt/shared/scratch reframe -c examples/reframe/tailrace_check.py -r
#
# Not run under ReFrame: compiled by Python 3.11, its methods tried on the result.json of a
# check, and its names compared with the reference of ReFrame 4.
import json
import os

import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class TailraceCheck(rfm.RunOnlyRegressionTest):
    descr = 'Do shared appends survive on the mount?'
    valid_systems = ['*']
    valid_prog_environs = ['*']
    executable = 'tailrace'
    num_tasks = 8
    num_tasks_per_node = 4
    time_limit = '15m'
    keep_files = ['results/summary.txt', 'results/result.json']
    # Further options, such as --thorough or --local.
    options = variable(str, value='')

    @run_before('run')
    def set_arguments(self):
        directory = os.environ.get('TAILRACE_DIR')
        self.skip_if(not directory, 'TAILRACE_DIR names no folder on the mount')
        self.executable_opts = ['check', '--out', 'results', *self.options.split(), directory]

    def result(self):
        with open(os.path.join(self.stagedir, 'results', 'result.json')) as file:
            return json.load(file)

    def strategy(self, name):
        return next(row for row in self.result()['strategies'] if row['name'] == name)

    # Not the exit code: a launcher may make another of it.
    @sanity_function
    def is_accepted(self):
        return sn.assert_eq(self.result()['verdict'], 'safe',
                            'the verdict is {0} instead of {1}; see results/summary.txt')

    @performance_function('records/s')
    def flock_records_per_s(self):
        return self.strategy('flock')['records_per_s']

    @performance_function('us')
    def flock_append_p99(self):
        return self.strategy('flock')['latency_us']['append']['p99']
