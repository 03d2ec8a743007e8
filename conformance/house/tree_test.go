package house

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/openlhcr/openlhcr"

// repository returns the folder that holds go.mod.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}

// projectFiles lists the files that belong to the project, slash-separated and
// relative to root: what git tracks or would track, so that a developer's
// ignored files are no violation. Without git it is every file.
func projectFiles(t *testing.T, root string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	command.Dir = root
	if out, err := command.Output(); err == nil {
		return existing(root, strings.Split(strings.TrimRight(string(out), "\x00"), "\x00"))
	}
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// existing leaves out what git still tracks but is deleted.
func existing(root string, names []string) []string {
	var files []string
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name))); !errors.Is(err, fs.ErrNotExist) {
			files = append(files, name)
		}
	}
	return files
}

// handWritten lists the files with one of the extensions that are neither
// generated nor fixtures.
func handWritten(files []string, extensions ...string) []string {
	var ours []string
	for _, name := range files {
		for _, extension := range extensions {
			if path.Ext(name) == extension && !strings.HasPrefix(name, "gen/") && !strings.Contains(name, "testdata/") {
				ours = append(ours, name)
			}
		}
	}
	return ours
}

// report fails the test once for each violation.
func report(t *testing.T, violations []string) {
	t.Helper()
	for _, violation := range violations {
		t.Error(violation)
	}
}
