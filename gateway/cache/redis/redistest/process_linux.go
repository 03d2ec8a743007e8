package redistest

import "syscall"

// endWithParent has the kernel kill the child when we are gone.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
