package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decode reads YAML over what v holds. It goes by the syntax tree, and not by
// reflection of the YAML package, so that every problem is found at once, each with
// its key and line, and so that the text of a line, which may hold a secret that
// does not belong there, is never repeated.
func decode(source []byte, v reflect.Value) Problems {
	file, err := parser.ParseBytes(source, 0, parser.AllowDuplicateMapKey()) // pair names a key that stands twice
	if err != nil {
		return Problems{syntaxProblem(err)}
	}
	d := &decoder{}
	d.documents(file.Docs, v)
	return d.problems.sorted()
}

func syntaxProblem(err error) Problem {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return Problem{Message: "the file is not YAML"}
	}
	return Problem{Line: located.GetToken().Position.Line, Message: "the file is not YAML from here on"}
}

type decoder struct {
	problems Problems
}

func (d *decoder) blame(path string, node ast.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{Key: path, Line: line(node), Message: fmt.Sprintf(format, args...)})
}

func line(node ast.Node) int {
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func (d *decoder) documents(docs []*ast.DocumentNode, v reflect.Value) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(doc *ast.DocumentNode) bool { return isEmpty(doc.Body) })
	switch len(docs) {
	case 0:
	case 1:
		d.object("", docs[0].Body, v)
	default:
		d.blame("", docs[1].Body, "want one document, not several")
	}
}

func isEmpty(node ast.Node) bool {
	switch node.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return true
	}
	return false
}

// object reads a mapping into a struct.
func (d *decoder) object(path string, node ast.Node, v reflect.Value) {
	for _, pair := range d.pairs(path, node) {
		f, ok := fieldOf(v, pair.key)
		if !ok {
			d.blame(join(path, pair.key), pair.node.Key, "unknown key; the keys here are %s", strings.Join(keysOf(v.Type()), ", "))
			continue
		}
		d.value(join(path, pair.key), pair.node.Value, f)
	}
}

// value reads a node into a field. An empty value leaves the field as it is.
func (d *decoder) value(path string, node ast.Node, v reflect.Value) {
	switch {
	case isEmpty(node):
	case !isLeaf(v.Type()) && v.Kind() == reflect.Struct:
		d.object(path, node, v)
	case v.Kind() == reflect.Map:
		d.table(path, node, v)
	case v.Kind() == reflect.Slice:
		d.list(path, node, v)
	default:
		d.scalar(path, node, v)
	}
}

// table reads a mapping into a map, whose keys are data.
func (d *decoder) table(path string, node ast.Node, v reflect.Value) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, pair := range d.pairs(path, node) {
		element := reflect.New(v.Type().Elem()).Elem()
		if element.Type() == reflect.TypeFor[Region]() {
			element.Set(reflect.ValueOf(DefaultRegion()))
		}
		d.value(join(path, pair.key), pair.node.Value, element)
		v.SetMapIndex(reflect.ValueOf(pair.key), element)
	}
}

func (d *decoder) list(path string, node ast.Node, v reflect.Value) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		d.blame(path, node, "want a list")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values))
	for i, one := range sequence.Values {
		d.scalar(fmt.Sprintf("%s[%d]", path, i), one, list.Index(i))
	}
	v.Set(list)
}

func (d *decoder) scalar(path string, node ast.Node, v reflect.Value) {
	text, ok := scalarText(node)
	if !ok {
		d.blame(path, node, "want one value")
		return
	}
	if err := set(v, text); err != nil {
		d.blame(path, node, "%s", err)
	}
}

// scalarText is a value as it was written: what YAML makes of it (1E5, 010, no) is not ours.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	}
	return "", false
}

type pair struct {
	key  string
	node *ast.MappingValueNode
}

// pairs are the keys and values of a mapping, each key once.
func (d *decoder) pairs(path string, node ast.Node) []pair {
	var nodes []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		nodes = n.Values
	case *ast.MappingValueNode:
		nodes = []*ast.MappingValueNode{n}
	default:
		d.blame(path, node, "want keys with values")
		return nil
	}
	var pairs []pair
	for _, n := range nodes {
		if p, ok := d.pair(path, n, pairs); ok {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

func (d *decoder) pair(path string, n *ast.MappingValueNode, before []pair) (pair, bool) {
	key, ok := scalarText(n.Key)
	switch {
	case !ok, n.Key.GetToken().Type == token.MergeKeyType:
		d.blame(path, n.Key, "want plain keys: merges, anchors and the like are not read")
	case slices.ContainsFunc(before, func(p pair) bool { return p.key == key }):
		d.blame(join(path, key), n.Key, "the key stands here twice")
	default:
		return pair{key: key, node: n}, true
	}
	return pair{}, false
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for _, f := range fields(v.Type()) {
		if key != "" && keyOf(f) == key {
			return v.FieldByIndex(f.Index), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range fields(t) {
		if key := keyOf(f); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
