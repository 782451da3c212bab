# mount - badnas itself: honest where no fault was asked for, the same faults for
# the same seed, and at home with an ordinary user.

load ../helper
load badnas

@test "what is written is read again, here and behind it" {
	mount_badnas
	head -c 300000 /dev/urandom >nas/a
	cmp nas/a backing/a
	dd if=/dev/urandom of=nas/a bs=1000 seek=17 count=1 conv=notrunc status=none
	cmp nas/a backing/a
	truncate -s 1234 nas/a
	[[ $(stat -c %s backing/a) == 1234 ]]
	echo more >>nas/a
	[[ $(stat -c %s backing/a nas/a | uniq) == 1239 && $(tail -n 1 backing/a) == *more ]]
	mkdir nas/d
	cp nas/a nas/d/b
	[[ $(cd nas && find . | sort | tr '\n' ' ') == ". ./a ./d ./d/b " ]]
	rm nas/d/b
	rmdir nas/d
	[[ $(ls backing) == a ]]
	run ! rm nas/none
	chmod 400 nas/a
	[[ $(stat -c %a backing/a) == 400 ]]
}

@test "locks exclude, flock and POSIX apart, until they are dropped" {
	mount_badnas
	: >nas/a
	python3 - <<-'END'
		import fcntl, os, time
		def child(f):
		    pid = os.fork()
		    if pid == 0:
		        # An open file is shared with its children, lock and all.
		        if not file.closed:
		            os.close(file.fileno())
		        os._exit(f())
		    return pid
		def code(pid):
		    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
		def tries(lock, op, *args):
		    def f():
		        file = open("nas/a", "r+")
		        try:
		            lock(file, op | fcntl.LOCK_NB, *args)
		        except OSError:
		            return 1
		        return 0
		    return code(child(f))
		EX, SH, UN = fcntl.LOCK_EX, fcntl.LOCK_SH, fcntl.LOCK_UN
		file = open("nas/a", "r+")
		fcntl.flock(file, EX)
		assert tries(fcntl.flock, EX) == 1 and tries(fcntl.flock, SH) == 1
		assert tries(fcntl.lockf, EX) == 0      # they do not know of each other
		fcntl.flock(file, SH)
		assert tries(fcntl.flock, SH) == 0 and tries(fcntl.flock, EX) == 1
		fcntl.lockf(file, EX, 10, 20)           # bytes 20 to 29
		fcntl.lockf(file, UN, 2, 24)            # but for 24 and 25
		assert tries(fcntl.lockf, EX, 20) == 0
		assert tries(fcntl.lockf, EX, 4, 20) == 1 and tries(fcntl.lockf, EX, 2, 24) == 0
		assert tries(fcntl.lockf, EX, 1, 26) == 1 and tries(fcntl.lockf, EX, 0, 30) == 0
		# A waiter gets it at the close, and can be interrupted before.
		def waits():
		    fcntl.flock(open("nas/a", "r+"), EX)
		    return 0
		waiter, killed = child(waits), child(waits)
		time.sleep(0.3)
		os.kill(killed, 9)
		assert code(killed) == -9
		file.close()
		assert code(waiter) == 0
		assert tries(fcntl.flock, EX) == 0 and tries(fcntl.lockf, EX) == 0
	END
}

# strikes SEED - where faults strike in 200 writes of 64 bytes
strikes()
{
	rm -f log backing/* nas/*
	mount_badnas "seed=$1,lost=10,flip=20,torn=30" >&2
	dd if=/dev/zero of=nas/a.log bs=64 count=200 status=none
	unmount_badnas >&2
	cut -d ' ' -f 1,3,4 log
	cksum <backing/a.log
}

@test "the same seed strikes the same writes in the same way" {
	strikes 5 >one
	strikes 5 >two
	strikes 6 >three
	grep -q ^lost one && grep -q ^flip one && grep -q ^torn one
	cmp one two
	run ! cmp one three
}

@test "faults befall .log files and nothing else" {
	mount_badnas lost=1
	echo here >nas/a
	echo gone >nas/a.log
	[[ $(cat backing/a) == here && ! -s backing/a.log ]]
}

@test "an option that makes no sense is refused" {
	for option in lost lost=0 lost=x free_flock=1 hang_write=-1 log=/none/log; do
		run -2 "$BADNAS" -o "$option" backing nas
		[[ $output == *"'$option' makes no sense"* ]]
	done
	run -2 "$BADNAS" backing
	run "$BADNAS" -o nosuchfault backing nas
	(( status != 0 ))
	run -0 "$BADNAS" --help
	[[ $output == *free_flock* && $output == *hang_lock=N* ]]
}

# Mounted through fusermount3, which is setuid root. In containers /dev/fuse is
# root's: a node of our own, in mounts of our own, is everybody's.
@test "an ordinary user mounts it, too" {
	(( EUID == 0 )) || skip "all these tests already run as an ordinary user"
	[[ -u $(command -v fusermount3) ]] || skip "fusermount3 is not setuid root"
	as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	"${as_nobody[@]}" test -x "$BADNAS" || skip "nobody may not come to the build folder"
	# The folders of bats are its user's alone.
	hers=$(mktemp -d /tmp/badnas.XXXXXX)
	chown nobody "$hers"
	in_private_mounts bash -c 'mount -t tmpfs -o mode=755 tmpfs /mnt &&
		mknod -m 666 /mnt/fuse c 10 229 && mount --bind /mnt/fuse /dev/fuse &&
		exec "$@"' - "${as_nobody[@]}" bash -c '
		cd "$2" && mkdir backing nas || exit
		"$1" backing nas &
		for i in {1..100}; do
			grep -q " $PWD/nas fuse.badnas " /proc/self/mounts && break
			sleep 0.05
		done
		echo hers >nas/a && cat nas/a && stat -c %U backing/a &&
			fusermount3 -u nas && wait $!
		' - "$BADNAS" "$hers" 3>&- >out 2>err || true
	rm -rf "$hers"
	[[ $(cat out) == $'hers\nnobody' ]] || fail "$(cat out err)"
}
