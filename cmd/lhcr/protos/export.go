// Package protos writes the contract to a folder: its own files, every file that
// they import, and a descriptor set of all.
package protos

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/openlhcr/openlhcr/gen/contract"
)

// DescriptorSet is the name of the file that holds the descriptors of all files,
// a google.protobuf.FileDescriptorSet whose files stand after those that they import.
const DescriptorSet = "lhcr.binpb"

// Export writes the contract below a folder, which is made if it is not there, and
// returns the paths of the files within it, in order. Files of the same names are
// overwritten; nothing is removed.
func Export(folder string) ([]string, error) {
	var written []string
	err := fs.WalkDir(contract.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := contract.Files.ReadFile(path)
		if err != nil {
			return err
		}
		written = append(written, path)
		return write(folder, path, content)
	})
	return written, err
}

func write(folder, path string, content []byte) error {
	name := filepath.Join(folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
