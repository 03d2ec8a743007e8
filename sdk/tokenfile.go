package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// TokenFile is the token that a file holds: see [FileToken].
type TokenFile struct{ path string }

var _ TokenSource = (*TokenFile)(nil)

// FileToken is the token that stands in a file, whoever writes it there: white space
// around it does not count. The file is read for each call, so the next call after a
// change has the new token, and after the file is gone there is none: signing out is
// removing it. Write it beside and rename it into place, or a call may meet half of it.
//
// Who can read the file can read records in its user's name: keep it to its owner.
func FileToken(path string) *TokenFile { return &TokenFile{path: path} }

// errTokenFile names neither the file, whose name can be a user's, nor what it holds.
var errTokenFile = errors.New("the token file cannot be read")

// Token reads the file.
func (t *TokenFile) Token(context.Context) (token string, err error) {
	file, err := os.Open(t.path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errTokenFile, reasonOf(err))
	}
	defer func() { _ = file.Close() }() // it was only read
	content, err := io.ReadAll(io.LimitReader(file, maxTokenBytes+1024))
	if err != nil {
		return "", fmt.Errorf("%w: %w", errTokenFile, reasonOf(err))
	}
	if token = strings.TrimSpace(string(content)); token == "" {
		return "", errors.New("the token file is empty")
	}
	return token, nil
}

// reasonOf is the system's reason without the file's name.
func reasonOf(err error) error {
	var failure *os.PathError
	if errors.As(err, &failure) {
		return failure.Err
	}
	return err
}
