//go:build unix && !linux

package redistest

import "syscall"

// endWithParent is nothing where the kernel cannot do it: the test's cleanup ends the child.
func endWithParent() *syscall.SysProcAttr { return nil }
