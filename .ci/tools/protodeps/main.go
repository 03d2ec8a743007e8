// Protodeps writes the third-party .proto files that our protos import, so that
// buf resolves every import without a schema registry.
//
//	protodeps PROTO_DIR OUT_DIR              what buf needs beside our own
//	protodeps -well-known PROTO_DIR OUT_DIR  also what compilers bring along, and error details
//
// The text is printed from the descriptors that Go packages carry (see the
// blank imports below), so the versions are those of go.sum. OUT_DIR is
// replaced; the same inputs give the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// Each package registers the descriptors of the files that it was generated from.
	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	_ "google.golang.org/genproto/googleapis/api/httpbody"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	_ "google.golang.org/genproto/googleapis/rpc/status"
)

// wellKnown is the folder of the files that buf and protoc bring themselves.
const wellKnown = "google/protobuf/"

// errorDetails are imported by no file of ours, and read by everybody who reads our errors.
var errorDetails = []string{"google/rpc/error_details.proto", "google/rpc/status.proto"}

var importLine = regexp.MustCompile(`(?m)^\s*import\s+(?:public\s+|weak\s+|option\s+)?"([^"]+)"\s*;`)

func main() {
	all := flag.Bool("well-known", false, "also write google/protobuf and the error details")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: protodeps [-well-known] PROTO_DIR OUT_DIR")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *all, protoregistry.GlobalFiles); err != nil {
		fmt.Fprintln(os.Stderr, "protodeps:", err)
		os.Exit(1)
	}
}

// run replaces outDir by every file from known that the protos of protoDir
// import, directly or through another of those files; well-known ones only if all.
func run(protoDir, outDir string, all bool, known *protoregistry.Files) error {
	imports, err := foreignImports(protoDir, all)
	if err != nil {
		return err
	}
	if all {
		for _, path := range errorDetails {
			imports[path] = "the contract's errors"
		}
	}
	files := map[string]protoreflect.FileDescriptor{}
	for path, importer := range imports {
		file, err := known.FindFileByPath(path)
		if errors.Is(err, protoregistry.NotFound) {
			return fmt.Errorf("%s imports %q, which no linked Go package carries: add its package to .ci/tools/protodeps", importer, path)
		}
		if err != nil {
			return err
		}
		collect(file, all, files)
	}
	return write(outDir, files)
}

// foreignImports maps each import that protoDir itself does not hold to one
// file that names it.
func foreignImports(protoDir string, all bool) (map[string]string, error) {
	found := map[string]string{}
	err := filepath.WalkDir(protoDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".proto" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range importLine.FindAllStringSubmatch(string(text), -1) {
			if foreign(protoDir, match[1], all) {
				found[match[1]] = path
			}
		}
		return nil
	})
	return found, err
}

func foreign(protoDir, path string, all bool) bool {
	if strings.HasPrefix(path, wellKnown) {
		return all
	}
	_, err := os.Stat(filepath.Join(protoDir, filepath.FromSlash(path)))
	return err != nil
}

// collect adds file and what it imports, well-known files only if all.
func collect(file protoreflect.FileDescriptor, all bool, into map[string]protoreflect.FileDescriptor) {
	if strings.HasPrefix(file.Path(), wellKnown) && !all || into[file.Path()] != nil {
		return
	}
	into[file.Path()] = file
	for i := range file.Imports().Len() {
		collect(file.Imports().Get(i).FileDescriptor, all, into)
	}
}

func write(outDir string, files map[string]protoreflect.FileDescriptor) error {
	if err := os.RemoveAll(outDir); err != nil {
		return err
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return err
	}
	printer := protoprint.Printer{SortElements: true}
	for path, file := range files {
		if err := writeFile(&printer, filepath.Join(outDir, filepath.FromSlash(path)), file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func writeFile(printer *protoprint.Printer, name string, file protoreflect.FileDescriptor) error {
	text, err := printer.PrintProtoToString(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
