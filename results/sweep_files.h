/* sweep_files - what a sweep leaves behind; docs/formats.md has the keys. */
#ifndef TAILRACE_RESULTS_SWEEP_FILES_H
#define TAILRACE_RESULTS_SWEEP_FILES_H

#define SWEEP_SCHEMA	  "tailrace.sweep/1"
#define SWEEP_PLAN_SCHEMA "tailrace.sweep-plan/1"
#define SWEEP_JSON_FILE	  "sweep.json"
#define SWEEP_PLAN_FILE	  "plan.json"
#define SWEEP_CSV_FILE	  "sweep.csv"
#define SWEEP_POINTS_FILE "points.csv"
#define SWEEP_RUNS_FOLDER "runs"

#endif
