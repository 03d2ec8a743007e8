package protos_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/protos"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
)

func TestExportWritesEveryImportAndACompleteDescriptorSet(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made")
	written, err := protos.Export(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"lhcr/v1/record_service.proto", "lhcr/adapter/v1/adapter_service.proto", "buf/validate/validate.proto", "google/api/annotations.proto",
		"google/api/http.proto", "google/protobuf/timestamp.proto", "google/protobuf/descriptor.proto", "google/rpc/error_details.proto", protos.DescriptorSet,
	} {
		if info, err := os.Stat(filepath.Join(folder, filepath.FromSlash(path))); !slices.Contains(written, path) || err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", path, err)
		}
	}
	raw, err := os.ReadFile(filepath.Join(folder, protos.DescriptorSet))
	if err != nil {
		t.Fatal(err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(raw, &set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		t.Fatalf("the descriptor set does not stand alone: %v", err)
	}
	if _, err := files.FindDescriptorByName("lhcr.v1.RecordService"); err != nil {
		t.Error(err)
	}
}

func TestOwnFilesAreExportedAsWritten(t *testing.T) {
	folder := t.TempDir()
	if _, err := protos.Export(folder); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../../proto/lhcr/v1/record.proto")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "lhcr", "v1", "record.proto"))
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("record.proto lost something on its way out (error %v)", err)
	}
}

// A vendor compiles what was exported with a compiler of their own.
func TestExportCompiles(t *testing.T) {
	compiler, err := exec.LookPath("buf")
	if err != nil {
		t.Skip("no buf on PATH: .ci/install brings it to .ci/bin")
	}
	folder := t.TempDir()
	if _, err := protos.Export(folder); err != nil {
		t.Fatal(err)
	}
	// The descriptor set stands beside the sources and is not one of them.
	build := exec.CommandContext(t.Context(), compiler, "build", folder, "--output", filepath.Join(t.TempDir(), "image.binpb"))
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("buf build: %v\n%s", err, out)
	}
}
