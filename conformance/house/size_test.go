package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	maxFileLines     = 500
	maxFunctionLines = 60
	maxMainLines     = 59
)

// oversize lists the Go files and functions of root that are longer than the
// house allows. Functions of tests may be long: they are tables.
func oversize(root string, files []string) ([]string, error) {
	var violations []string
	for _, name := range handWritten(files, ".go") {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		if lines, limit := lineCount(source), lineLimit(name); lines > limit {
			violations = append(violations, fmt.Sprintf("%s has %d lines, more than %d", name, lines, limit))
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		long, err := longFunctions(name, source)
		if err != nil {
			return nil, err
		}
		violations = append(violations, long...)
	}
	return violations, nil
}

func lineCount(source []byte) int {
	return bytes.Count(bytes.TrimRight(source, "\n"), []byte("\n")) + 1
}

func lineLimit(name string) int {
	if name == "cmd/lhcr/main.go" {
		return maxMainLines
	}
	return maxFileLines
}

func longFunctions(name string, source []byte) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var long []string
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first := fset.Position(function.Pos())
		if lines := fset.Position(function.End()).Line - first.Line + 1; lines > maxFunctionLines {
			long = append(long, fmt.Sprintf("%s: %s has %d lines, more than %d", first, function.Name.Name, lines, maxFunctionLines))
		}
	}
	return long, nil
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	root := repository(t)
	violations, err := oversize(root, projectFiles(t, root))
	if err != nil {
		t.Fatal(err)
	}
	report(t, violations)
}

func TestWhatIsTooLongIsFound(t *testing.T) {
	root := t.TempDir()
	lines := func(n int) string { return strings.Repeat("// a line\n", n) }
	sources := map[string]string{
		"short.go":           "package a\n" + lines(499),
		"long.go":            "package a\n" + lines(500),
		"long_test.go":       "package a\n" + lines(500),
		"gen/go/long.go":     "package a\n" + lines(500),
		"testdata/long.go":   "package a\n" + lines(500),
		"cmd/lhcr/main.go":   "package main\n" + lines(59),
		"cmd/other/main.go":  "package main\n" + lines(59),
		"function.go":        "package a\n\nfunc fits() {\n" + lines(58) + "}\n\nfunc grows() {\n" + lines(59) + "}\n",
		"function_test.go":   "package a\n\nfunc table() {\n" + lines(59) + "}\n",
		"docs/not/go/big.md": lines(600),
	}
	var files []string
	for _, name := range sortedKeys(sources) {
		write(t, filepath.Join(root, filepath.FromSlash(name)), sources[name])
		files = append(files, name)
	}
	got, err := oversize(root, files)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cmd/lhcr/main.go has 60 lines, more than 59",
		"function.go:64:1: grows has 61 lines, more than 60",
		"long.go has 501 lines, more than 500",
		"long_test.go has 501 lines, more than 500",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}
