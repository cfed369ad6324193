package mailer

import (
	"os"
	"syscall"
	"unsafe"
)

// writeNow writes b without telling Go's scheduler. An ordinary write may leave
// its goroutine waiting for a processor when it returns, long after the file
// knows; whoever is killed meanwhile has a mail in the journal whose relay has
// heard nothing. A file that is not waited for takes a few lines in microseconds,
// for which nobody has to make room.
func writeNow(f *os.File, b []byte) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = raw.Control(func(fd uintptr) {
		done, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if errno == 0 {
			n = int(done)
		}
	})
	if err != nil || n == len(b) {
		return n, err
	}
	rest, err := f.Write(b[n:]) // says what is wrong, or ends what was begun
	return n + rest, err
}
