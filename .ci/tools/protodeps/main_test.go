package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoregistry"
)

const contract = `syntax = "proto3";
package a.v1;
import "a/v1/other.proto";
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
`

// protos writes a proto folder whose a/v1/a.proto has the given text.
func protos(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "v1"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a.proto": text, "other.proto": "syntax = \"proto3\";\npackage a.v1;\n"} {
		if err := os.WriteFile(filepath.Join(dir, "a", "v1", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// written maps each file under dir to its text.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestForeignImportsAreWrittenWithWhatTheyImport(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "stale.proto"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(protos(t, contract), out, false, protoregistry.GlobalFiles); err != nil {
		t.Fatal(err)
	}
	got := written(t, out)
	want := map[string]string{
		"buf/validate/validate.proto":  "message FieldRules {",
		"google/api/annotations.proto": "HttpRule http = 72295728;",
		"google/api/http.proto":        "message HttpRule {", // only annotations.proto imports it
	}
	for name, text := range want {
		if !strings.Contains(got[name], text) {
			t.Errorf("%s does not hold %q", name, text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("wrote %d files, want %d: the well-known ones, our own and stale ones do not belong there", len(got), len(want))
	}
}

func TestTheSameImportsGiveTheSameBytes(t *testing.T) {
	dir := protos(t, contract)
	var first map[string]string
	for i := range 10 {
		out := filepath.Join(t.TempDir(), "out")
		if err := run(dir, out, false, protoregistry.GlobalFiles); err != nil {
			t.Fatal(err)
		}
		got := written(t, out)
		if i == 0 {
			first = got
		}
		for name, text := range got {
			if text != first[name] {
				t.Fatalf("%s differs in run %d", name, i+1)
			}
		}
	}
}

func TestAnImportThatNobodyCarriesIsNamed(t *testing.T) {
	err := run(protos(t, contract+`import "google/type/date.proto";`), t.TempDir(), false, protoregistry.GlobalFiles)
	if err == nil || !strings.Contains(err.Error(), `a.proto imports "google/type/date.proto"`) {
		t.Errorf("run: %v, want an error that names the file and its import", err)
	}
}
