//go:build !unix

package console

import "os"

// columnsOf cannot ask here: COLUMNS says it, or the fallback holds.
func columnsOf(*os.File) (int, bool) { return 0, false }
