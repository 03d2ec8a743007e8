package definition

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxBytes is the largest region.yaml that is read.
const MaxBytes = 1 << 20

// Parse reads a region.yaml. Its error names, for each thing that is wrong, key and line.
func Parse(source []byte) (*Definition, error) {
	d := &Definition{source: sha256.Sum256(source)}
	if err := parse(source, d); err != nil {
		return nil, err
	}
	return d, nil
}

// parse reads a file into what knows its problems.
func parse(source []byte, into interface{ problems() []problem }) (err error) {
	defer func() {
		if recover() != nil { // the YAML parser panics on some broken files
			err = errors.New("region definition: this is not YAML that can be read")
		}
	}()
	if len(source) > MaxBytes {
		return fmt.Errorf("region definition: larger than %d bytes", MaxBytes)
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return fmt.Errorf("region definition: %s", oneLine(err))
	}
	if len(file.Docs) != 1 {
		return errors.New("region definition: want one YAML document")
	}
	if err := yaml.UnmarshalWithOptions(source, into, yaml.Strict()); err != nil {
		return fmt.Errorf("region definition: %s", oneLine(err))
	}
	if problems := into.problems(); len(problems) > 0 {
		return report(file, problems)
	}
	return nil
}

// position is how the YAML library writes line and column.
var position = regexp.MustCompile(`^\[(\d+):\d+\] `)

// oneLine is the YAML library's error with its line and without the excerpt of the file.
func oneLine(err error) string {
	text, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	return position.ReplaceAllString(strings.TrimSpace(text), "line $1: ")
}

// problem is one thing that is wrong.
type problem struct {
	// path of keys from the root
	path []string
	says string
}

func report(file *ast.File, problems []problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = fmt.Errorf("region definition: line %d: %s: %s", line(file.Docs[0].Body, p.path), strings.Join(p.path, "."), p.says)
	}
	return errors.Join(errs...)
}

// line finds the line of a key or, where it is missing, of the closest key above it.
func line(node ast.Node, path []string) int {
	found := 1
	for _, key := range path {
		at, value := child(node, key)
		if at == nil {
			break
		}
		found, node = at.GetToken().Position.Line, value
	}
	return found
}

// child finds a key of a mapping, or an entry of a sequence by its number from 1.
func child(node ast.Node, key string) (at, value ast.Node) {
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, pair := range n.Values {
			if pair.Key.GetToken().Value == key {
				return pair.Key, pair.Value
			}
		}
	case *ast.SequenceNode:
		for i, entry := range n.Values {
			if strconv.Itoa(i+1) == key {
				return entry, entry
			}
		}
	}
	return nil, nil
}

// MustParse reads a region.yaml that is built into the binary. It panics where Parse fails,
// so that a broken one cannot get past the first start.
func MustParse(source []byte) *Definition {
	d, err := Parse(source)
	if err != nil {
		panic(err)
	}
	return d
}
