package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What stands under adapters/ is the contract, a protocol kit, the sandbox or,
// if it is named nowhere here, a region: a new region needs no line, a new kit
// needs one.
var (
	adapterContract = []string{"", "adaptertest", "remote"}
	adapterKits     = []string{"call", "cda", "composite", "definition", "documents", "fhir", "fhirsearch", "ihe", "token", "transport", "xmltree"}
)

// testSupport is what only tests may import: it brings adapters and sandbox together.
const testSupport = "adapters/adaptertest/lend"

// sdkMayImport begins the import paths that a vendor's binary may carry through
// the SDK, beside the standard library.
var sdkMayImport = []string{
	module + "/sdk",
	module + "/gen/go/lhcr",
	"google.golang.org/grpc",
	"google.golang.org/protobuf",
	"google.golang.org/genproto/googleapis/api",
	"google.golang.org/genproto/googleapis/rpc",
	"golang.org/x/net",
	"golang.org/x/sys",
	"golang.org/x/text",
	"golang.org/x/sync",
	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate", // options only, no engine
}

// assertionMayImport is what programs carry that sign in with a private key, and no others.
var assertionMayImport = []string{"github.com/go-jose/go-jose"}

// pkg is what `go list` says of one package.
type pkg struct {
	ImportPath                string
	Imports, Deps             []string
	TestImports, XTestImports []string
}

// rule says what the packages of one part may not depend on, through however
// many steps. Tests may import more, unless bindsTests is set.
type rule struct {
	name       string
	applies    func(importPath string) bool
	forbids    func(importPath string) bool
	bindsTests bool
}

var importRules = []rule{
	{name: "sdk carries little into a vendor's binary", applies: both(within("sdk"), outside(within("sdk/assertion"))), forbids: tooMuchForAVendor},
	{name: "sdk/assertion carries a JOSE library beside that", applies: within("sdk/assertion"), forbids: both(tooMuchForAVendor, neither(assertionMayImport))},
	{name: "adapters never import the gateway", applies: within("adapters"), forbids: within("gateway"), bindsTests: true},
	{name: "the gateway never imports a concrete adapter", applies: within("gateway"), forbids: isRegion},
	{name: "a kit never imports a region", applies: isKit, forbids: isRegion},
	{name: "the adapter contract imports no kit and no region", applies: isAdapterContract, forbids: either(isKit, isRegion)},
	{name: "nothing but cmd and tests imports the sandbox", applies: outside(either(within("cmd"), within("adapters/sandbox"), within(testSupport))), forbids: within("adapters/sandbox")},
	{name: "nothing but tests imports test support", applies: outside(within(testSupport)), forbids: within(testSupport)},
	{name: "the sandbox shares no code with reader or adapters", applies: within("adapters/sandbox"), forbids: either(isAdapterContract, isKit, isRegion)},
	{name: "messages do not pull grpc-gateway along", applies: within("gen/go/lhcr"), forbids: either(prefixed("github.com/grpc-ecosystem"), within("gen/go/rest"))},
}

// violations lists what each package that a rule applies to may not depend on,
// with the import that brings it.
func (r rule) violations(packages map[string]pkg) []string {
	var found []string
	for _, path := range sortedKeys(packages) {
		if !r.applies(path) {
			continue
		}
		p := packages[path]
		found = append(found, r.broken(p.ImportPath, p.Imports, packages)...)
		if r.bindsTests {
			found = append(found, r.broken("tests of "+p.ImportPath, slices.Concat(p.TestImports, p.XTestImports), packages)...)
		}
	}
	return found
}

func (r rule) broken(who string, imports []string, packages map[string]pkg) []string {
	var found []string
	for _, direct := range imports {
		for _, dependency := range append([]string{direct}, packages[direct].Deps...) {
			if !r.forbids(dependency) {
				continue
			}
			violation := fmt.Sprintf("%s imports %s", who, dependency)
			if dependency != direct {
				violation = fmt.Sprintf("%s imports %s, which brings %s", who, direct, dependency)
			}
			found = append(found, violation)
		}
	}
	return found
}

func prefixed(prefix string) func(string) bool {
	return func(importPath string) bool {
		return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
	}
}

// within matches the packages of one of the project's folders.
func within(folder string) func(string) bool { return prefixed(module + "/" + folder) }

func either(conditions ...func(string) bool) func(string) bool {
	return func(importPath string) bool {
		return slices.ContainsFunc(conditions, func(c func(string) bool) bool { return c(importPath) })
	}
}

func both(one, other func(string) bool) func(string) bool {
	return func(importPath string) bool { return one(importPath) && other(importPath) }
}

// neither matches the packages that begin with none of these paths.
func neither(prefixes []string) func(string) bool {
	return func(importPath string) bool {
		return !slices.ContainsFunc(prefixes, func(p string) bool { return prefixed(p)(importPath) })
	}
}

// outside matches the project's packages that do not meet the condition.
func outside(condition func(string) bool) func(string) bool {
	ours := prefixed(module)
	return func(importPath string) bool { return ours(importPath) && !condition(importPath) }
}

// adapterPart returns the first folder under adapters/ of a package there.
func adapterPart(importPath string) (part string, ok bool) {
	rest, ok := strings.CutPrefix(importPath, module+"/adapters")
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	part, _, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return part, true
}

func isAdapterContract(importPath string) bool {
	part, ok := adapterPart(importPath)
	return ok && slices.Contains(adapterContract, part) && !within(testSupport)(importPath)
}

func isKit(importPath string) bool {
	part, ok := adapterPart(importPath)
	return ok && slices.Contains(adapterKits, part)
}

func isRegion(importPath string) bool {
	part, ok := adapterPart(importPath)
	return ok && part != "sandbox" && !slices.Contains(adapterContract, part) && !slices.Contains(adapterKits, part)
}

// tooMuchForAVendor permits what sdkMayImport names and the standard library
// (no dot in the first element) without its database interface.
func tooMuchForAVendor(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	if !strings.Contains(first, ".") {
		return prefixed("database/sql")(importPath)
	}
	return !slices.ContainsFunc(sdkMayImport, func(p string) bool { return prefixed(p)(importPath) })
}

// listPackages asks the go command for the packages of a module and all that
// they depend on.
func listPackages(t *testing.T, dir string) map[string]pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Deps,TestImports,XTestImports", "./...")
	command.Dir = dir
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	packages := map[string]pkg{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

func TestWhoMayImportWhom(t *testing.T) {
	packages := listPackages(t, repository(t))
	for _, r := range importRules {
		t.Run(r.name, func(t *testing.T) {
			if !slices.ContainsFunc(sortedKeys(packages), r.applies) {
				t.Skip("no package that this rule is for stands yet")
			}
			report(t, r.violations(packages))
		})
	}
}

// testdata/crooked is a module of our name in which each rule is broken once.
func TestEachForbiddenImportIsFound(t *testing.T) {
	want := map[string][]string{
		"sdk carries little into a vendor's binary": {
			"sdk imports database/sql",
			"sdk imports database/sql, which brings database/sql/driver",
			"sdk imports gen/go/lhcr/v1, which brings gen/go/rest/lhcr/v1",
			"sdk/sdktest imports gateway/cache",
		},
		"sdk/assertion carries a JOSE library beside that": {
			"sdk/assertion imports gateway/cache",
		},
		"adapters never import the gateway": {
			"tests of adapters/fhir imports gateway/cache",
			"adapters/remote imports gateway/cache",
		},
		"the gateway never imports a concrete adapter": {
			"gateway imports adapters/registration",
			"gateway imports adapters/registration, which brings adapters/dorset",
		},
		"a kit never imports a region": {
			"adapters/fhir imports adapters/dorset",
		},
		"the adapter contract imports no kit and no region": {
			"adapters imports adapters/ihe",
		},
		"nothing but cmd and tests imports the sandbox": {
			"adapters/yorkshire imports adapters/adaptertest/lend, which brings adapters/sandbox/patients",
			"conformance imports adapters/sandbox/patients",
		},
		"nothing but tests imports test support": {
			"adapters/yorkshire imports adapters/adaptertest/lend",
		},
		"the sandbox shares no code with reader or adapters": {
			"adapters/sandbox imports adapters/ihe",
		},
		"messages do not pull grpc-gateway along": {
			"gen/go/lhcr/v1 imports gen/go/rest/lhcr/v1",
		},
	}
	packages := listPackages(t, filepath.Join("testdata", "crooked"))
	for _, r := range importRules {
		t.Run(r.name, func(t *testing.T) {
			var got []string
			for _, violation := range r.violations(packages) {
				got = append(got, strings.ReplaceAll(violation, module+"/", ""))
			}
			if diff := cmp.Diff(want[r.name], got); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}
