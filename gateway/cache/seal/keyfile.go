package seal

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A key file is text. Each line is empty, a comment that begins with "#", or a name
// and 32 random bytes in base64 (RFC 4648, section 4). One line is named "index";
// the others are data keys, the one that seals first.
const (
	// MaxFileBytes is the largest key file.
	MaxFileBytes = 64 << 10
	// MaxDataKeys are the most data keys of a file.
	MaxDataKeys = 64

	indexName    = "index"
	maxNameBytes = 32
)

// Parse reads a key file. The error names the line that is wrong and shows nothing of it.
func Parse(file []byte) (*Ring, error) {
	lines, err := read(file)
	if err != nil {
		return nil, err
	}
	s := secrets{}
	for _, l := range lines {
		if l.name == indexName {
			s.index = l.secret
			continue
		}
		s.data = append(s.data, l.secret)
	}
	switch {
	case s.index == nil:
		return nil, errors.New(`the key file has no line "index"`)
	case len(s.data) == 0:
		return nil, errors.New("the key file has no data key")
	}
	return newRing(s)
}

// line is a line of a key file that holds a key.
type line struct {
	number int
	name   string
	secret []byte
}

func read(file []byte) ([]line, error) {
	if len(file) > MaxFileBytes {
		return nil, fmt.Errorf("the key file is larger than %d bytes", MaxFileBytes)
	}
	var lines []line
	for i, text := range strings.Split(string(file), "\n") {
		text = strings.TrimSuffix(text, "\r")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l, err := readLine(text)
		if err == nil {
			err = l.clash(lines)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d of the key file: %w", i+1, err)
		}
		l.number = i + 1
		lines = append(lines, l)
	}
	return lines, nil
}

func readLine(text string) (line, error) {
	name, encoded, ok := strings.Cut(text, " ")
	if !ok {
		return line{}, errors.New("a name, a space and a key in base64 are expected")
	}
	if !nameable(name) {
		return line{}, fmt.Errorf("the name is not of 1 to %d lower-case letters, digits and hyphens", maxNameBytes)
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(secret) != secretBytes || strings.Contains(encoded, "\r") {
		return line{}, fmt.Errorf("the key is not %d bytes in base64", secretBytes)
	}
	if bytes.Count(secret, secret[:1]) == secretBytes {
		return line{}, errors.New("the key is not random")
	}
	return line{name: name, secret: secret}, nil
}

func nameable(name string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
	return name != "" && len(name) <= maxNameBytes && strings.Trim(name, allowed) == ""
}

// clash says what a line has in common with an earlier one that it must not.
func (l line) clash(earlier []line) error {
	data := 0
	for _, e := range earlier {
		if e.name != indexName {
			data++
		}
		if e.name == l.name {
			return fmt.Errorf("the name stands on line %d already", e.number)
		}
		if subtle.ConstantTimeCompare(e.secret, l.secret) == 1 {
			return fmt.Errorf("the key is the same as that on line %d", e.number)
		}
	}
	if l.name != indexName && data == MaxDataKeys {
		return fmt.Errorf("there are more than %d data keys: delete old ones", MaxDataKeys)
	}
	return nil
}

const fileHead = `# The keys under which OpenLHCR gateways keep answers outside their processes.
# Every gateway that shares the cache needs the same file. Keep it secret.
# "index" names patients: never replace it while any gateway runs.
# The first of the other keys encrypts, all of them decrypt. Once every gateway has
# taken a new first key over and the longest time of "cache.keep" has passed, the
# keys below it can be deleted.
`

// NewFile makes a key file with new keys.
func NewFile(random io.Reader, now time.Time) ([]byte, error) {
	index, err := draw(random)
	if err != nil {
		return nil, err
	}
	data, err := dataLine(random, now)
	if err != nil {
		return nil, err
	}
	return checked([]byte(fileHead + encode(indexName, index) + data))
}

// Rotate makes of a key file the same one with a new first data key. Gateways that
// still have the old file cannot read what those with the new one keep, and fetch it.
func Rotate(file []byte, random io.Reader, now time.Time) ([]byte, error) {
	if _, err := Parse(file); err != nil {
		return nil, err
	}
	lines, err := read(file)
	if err != nil {
		return nil, err
	}
	added, err := dataLine(random, now)
	if err != nil {
		return nil, err
	}
	at := 0
	for _, l := range lines {
		if l.name != indexName {
			at = startOf(file, l.number)
			break
		}
	}
	return checked(bytes.Join([][]byte{file[:at], file[at:]}, []byte(added)))
}

// startOf is where a line begins, counted from 1.
func startOf(file []byte, number int) int {
	at := 0
	for range number - 1 {
		at += bytes.IndexByte(file[at:], '\n') + 1
	}
	return at
}

// dataLine is the line of a new data key. Its name tells the day, for people, and is
// its own even when two are made on one day.
func dataLine(random io.Reader, now time.Time) (string, error) {
	secret, err := draw(random)
	if err != nil {
		return "", err
	}
	var unique [4]byte
	if _, err := io.ReadFull(random, unique[:]); err != nil {
		return "", fmt.Errorf("the source of randomness gave no name: %w", err)
	}
	return encode(now.UTC().Format("20060102")+"-"+hex.EncodeToString(unique[:]), secret), nil
}

func encode(name string, secret []byte) string {
	return name + " " + base64.StdEncoding.EncodeToString(secret) + "\n"
}

// checked never lets a file out that could not be read back.
func checked(file []byte) ([]byte, error) {
	if _, err := Parse(file); err != nil {
		return nil, err
	}
	return file, nil
}
