// Package reload notices that files have changed. It goes by what they hold and by
// nothing else, so that a file that was replaced by renaming, or that a symbolic
// link now leads to, as container platforms swap secrets, counts as changed, and one
// that was only touched does not. Of a file too large to be read at each look it goes
// by how it begins, its size and when it was written.
package reload

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// largest is how much of a file is looked at, in bytes: no configuration, key or
// certificate comes near it, but public data can.
const largest = 8 << 20

// Imprint is what files held, by their paths.
type Imprint map[string][sha256.Size]byte

// Of takes the imprint of files. What cannot be read has one too, which differs from
// that of every content. What is no regular file, a pipe say, is left out: to read
// it would take it away.
func Of(paths ...string) Imprint {
	imprint := Imprint{}
	for _, path := range paths {
		if sum, ok := sumOf(path); ok {
			imprint[path] = sum
		}
	}
	return imprint
}

// Equal says whether the same files held the same.
func (i Imprint) Equal(other Imprint) bool { return maps.Equal(i, other) }

// Again takes the imprint of the same files as they are now.
func (i Imprint) Again() Imprint { return Of(slices.Collect(maps.Keys(i))...) }

func sumOf(path string) (sum [sha256.Size]byte, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return unreadable(err), true
	}
	if !info.Mode().IsRegular() {
		return sum, false
	}
	f, err := os.Open(path)
	if err != nil {
		return unreadable(err), true
	}
	hash := sha256.New()
	_, err = io.Copy(hash, io.LimitReader(f, largest))
	if info.Size() > largest {
		_, _ = fmt.Fprint(hash, info.Size(), info.ModTime().UnixNano()) // a hash takes everything
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return unreadable(err), true
	}
	return [sha256.Size]byte(hash.Sum(nil)), true
}

// unreadable is the imprint of a file that cannot be read: none, or none for us.
func unreadable(err error) [sha256.Size]byte {
	if errors.Is(err, fs.ErrNotExist) {
		return [sha256.Size]byte{1}
	}
	return [sha256.Size]byte{2}
}

// With is the imprint of the files of both. Of a file in both it is the other's.
func (i Imprint) With(other Imprint) Imprint {
	both := maps.Clone(i)
	maps.Copy(both, other)
	return both
}
