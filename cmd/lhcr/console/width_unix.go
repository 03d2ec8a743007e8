//go:build unix

package console

import (
	"os"

	"golang.org/x/sys/unix"
)

// columnsOf asks a terminal how wide it is.
func columnsOf(f *os.File) (int, bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 {
		return 0, false
	}
	return int(size.Col), true
}
