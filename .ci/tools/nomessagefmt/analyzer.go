package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/types/typeutil"
)

var analyzer = &analysis.Analyzer{
	Name:     "nomessagefmt",
	Doc:      "forbids formatting protobuf messages: they carry patients' identifiers",
	Requires: []*analysis.Analyzer{printf.Analyzer}, // it knows print and printf wrappers, ours included
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	c := checker{pass: pass, printers: pass.ResultOf[printf.Analyzer].(*printf.Result)}
	for _, file := range pass.Files {
		name := pass.Fset.Position(file.Package).Filename
		if strings.HasSuffix(name, "_test.go") || ast.IsGenerated(file) {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				c.call(call)
			}
			return true
		})
	}
	return nil, nil
}

type checker struct {
	pass     *analysis.Pass
	printers *printf.Result
}

// call reports the messages that a call would turn into text.
func (c checker) call(call *ast.CallExpr) {
	switch callee := typeutil.Callee(c.pass.TypesInfo, call).(type) {
	case *types.Builtin:
		if strings.HasPrefix(callee.Name(), "print") || callee.Name() == "panic" {
			c.arguments(call, callee.Name(), nil)
		}
	case *types.Func:
		c.function(call, callee)
	}
}

func (c checker) function(call *ast.CallExpr, callee *types.Func) {
	kind := c.printers.Kind(callee)
	switch {
	case isFormatter(callee), packagePath(callee) == "log/slog", kind == printf.KindPrint:
		c.arguments(call, callee.Name(), nil)
	case kind == printf.KindPrintf, kind == printf.KindErrorf:
		c.arguments(call, callee.Name(), c.verbs(call, callee))
	case callee.Name() == "String":
		c.receiver(call)
	}
}

// arguments reports each message among the arguments, except where its verb
// prints no content.
func (c checker) arguments(call *ast.CallExpr, callee string, verbs map[int]byte) {
	for i, argument := range call.Args {
		if verb := verbs[i]; verb == 'T' || verb == 'p' {
			continue
		}
		if t := c.pass.TypesInfo.TypeOf(argument); carriesMessage(t) {
			c.pass.Reportf(argument.Pos(), "%s would print the protobuf message %s with everything in it", callee, typeName(t))
		}
	}
}

// receiver reports message.String().
func (c checker) receiver(call *ast.CallExpr) {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	if t := c.pass.TypesInfo.TypeOf(selector.X); isMessage(t) {
		c.pass.Reportf(call.Pos(), "String would print the protobuf message %s with everything in it", typeName(t))
	}
}

// verbs maps the positions of a printf-like call's arguments to their verbs. It
// is empty when the format is no constant, or numbers its arguments.
func (c checker) verbs(call *ast.CallExpr, callee *types.Func) map[int]byte {
	format := callee.Signature().Params().Len() - 2
	if format < 0 || format >= len(call.Args) {
		return nil
	}
	value := c.pass.TypesInfo.Types[call.Args[format]].Value
	if value == nil || value.Kind() != constant.String {
		return nil
	}
	verbs := map[int]byte{}
	for i, verb := range parseVerbs(constant.StringVal(value)) {
		verbs[format+1+i] = verb
	}
	return verbs
}

// parseVerbs lists a format's verbs in the order of their arguments; nothing
// when the format takes widths or positions from arguments.
func parseVerbs(format string) []byte {
	var verbs []byte
	for {
		_, rest, found := strings.Cut(format, "%")
		if !found {
			return verbs
		}
		rest = strings.TrimLeft(rest, "+-# 0123456789.")
		if rest == "" || strings.ContainsAny(rest[:1], "*[") {
			return nil
		}
		if rest[0] != '%' {
			verbs = append(verbs, rest[0])
		}
		format = rest[1:]
	}
}

// isFormatter says whether a function of the protobuf runtime writes text for
// people. protojson.Marshal is not one: it writes the wire form of REST.
func isFormatter(callee *types.Func) bool {
	switch packagePath(callee) {
	case "google.golang.org/protobuf/encoding/prototext":
		return callee.Name() == "Format" || strings.HasPrefix(callee.Name(), "Marshal")
	case "google.golang.org/protobuf/encoding/protojson":
		return callee.Name() == "Format"
	}
	return false
}

func packagePath(f *types.Func) string {
	if f.Pkg() == nil {
		return "" // error.Error
	}
	return f.Pkg().Path()
}

func typeName(t types.Type) string {
	return types.TypeString(t, (*types.Package).Name)
}
