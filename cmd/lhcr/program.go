package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/openlhcr/openlhcr/cmd/lhcr/shell"
)

// builtByRun is where `go run` puts a program: a folder made for it, or the build cache.
var builtByRun = regexp.MustCompile(`/go-build[0-9]+/|/[0-9a-f]{64}-d/[^/]+$`)

// program is how this program is called from where it was called, for commands that
// are ready to paste.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return "lhcr"
	}
	// What is not on PATH, or leads nowhere, is empty.
	onPath, _ := exec.LookPath("lhcr")
	onPath, _ = filepath.EvalSymlinks(onPath)
	_, err = os.Stat("cmd/lhcr/main.go")
	return programOf(path, onPath, err == nil)
}

// programOf is program, of the running file, of the one on PATH, and of whether the
// root of the repository is where it runs.
func programOf(path, onPath string, repository bool) string {
	switch {
	case builtByRun.MatchString(path) && repository:
		return "go run ./cmd/lhcr"
	case path == onPath:
		return "lhcr"
	}
	return shell.Quote(path)
}
