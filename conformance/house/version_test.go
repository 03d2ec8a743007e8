package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pairs are modules that both generate code (in .ci/tools) and run it (in the
// product): apart, generated code may not fit its runtime.
var pairs = []string{
	"google.golang.org/protobuf",
	"github.com/grpc-ecosystem/grpc-gateway/v2",
	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go",
	"google.golang.org/genproto/googleapis/api",
}

var requirement = regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) (v\S+)`)

func requirements(goMod string) map[string]string {
	versions := map[string]string{}
	for _, match := range requirement.FindAllStringSubmatch(goMod, -1) {
		versions[match[1]] = match[2]
	}
	return versions
}

// disagreements lists the pairs whose two versions differ.
func disagreements(product, tools map[string]string) []string {
	var found []string
	for _, module := range pairs {
		if runs, generates := product[module], tools[module]; runs != generates {
			found = append(found, fmt.Sprintf("%s: go.mod has %q, .ci/tools/go.mod has %q; give both the same version", module, runs, generates))
		}
	}
	return found
}

func TestGeneratorsAndRuntimeAgree(t *testing.T) {
	root := repository(t)
	read := func(name string) map[string]string {
		source, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return requirements(string(source))
	}
	report(t, disagreements(read("go.mod"), read(".ci/tools/go.mod")))
}

func TestADisagreementIsFound(t *testing.T) {
	const goMod = "module a\n\ngo 1.26.0\n\nrequire google.golang.org/protobuf v1.36.12\n\nrequire (\n\tgithub.com/grpc-ecosystem/grpc-gateway/v2 v2.32.0 // indirect\n)\n"
	product := requirements(goMod)
	want := map[string]string{
		"google.golang.org/protobuf":                "v1.36.12",
		"github.com/grpc-ecosystem/grpc-gateway/v2": "v2.32.0",
	}
	if diff := cmp.Diff(want, product); diff != "" {
		t.Fatalf("requirements (-want +got):\n%s", diff)
	}
	tools := map[string]string{
		"google.golang.org/protobuf":                "v1.36.11",
		"github.com/grpc-ecosystem/grpc-gateway/v2": "v2.32.0",
	}
	wrong := []string{`google.golang.org/protobuf: go.mod has "v1.36.12", .ci/tools/go.mod has "v1.36.11"; give both the same version`}
	if diff := cmp.Diff(wrong, disagreements(product, tools)); diff != "" {
		t.Errorf("disagreements (-want +got):\n%s", diff)
	}
}
