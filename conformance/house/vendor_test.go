package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// carried is what a program carries: packages, modules beside the standard library's,
// and the size of the stripped binary in megabytes.
type carried struct {
	packages, modules int
	megabytes         float64
}

// vendorPrograms are the smallest programs that do what their name says, by the words
// of the table in docs/integrating.md.
var vendorPrograms = map[string]string{
	"a bare gRPC client of the contract": `package main

import (
	"context"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

func main() {
	conn, err := grpc.NewClient("gateway.example:7443", grpc.WithTransportCredentials(credentials.NewTLS(nil)))
	if err != nil {
		panic(err)
	}
	_, _ = lhcrv1.NewRecordServiceClient(conn).GetRecord(context.Background(), &lhcrv1.GetRecordRequest{})
}
`,
	"the same with `sdk`":      vendorProgram("", ""),
	"and with `sdk/command`":   vendorProgram("command", "command.NewTokenSource(command.Config{})"),
	"and with `sdk/assertion`": vendorProgram("assertion", "assertion.NewTokenSource(assertion.Config{})"),
}

// vendorProgram is a program with the SDK, whose tokens come from one of its packages.
func vendorProgram(tokens, source string) string {
	imported, used := "", ""
	if tokens != "" {
		imported = fmt.Sprintf("\t%q\n", module+"/sdk/"+tokens)
		used = "\ttokens, _ := " + source + "\n"
	}
	options := map[bool]string{true: ", sdk.WithTokenSource(tokens)"}[tokens != ""]
	return "package main\n\nimport (\n\t\"context\"\n\n\t\"" + module + "/sdk\"\n" + imported + `)

func main() {
` + used + `	client, err := sdk.Dial(context.Background(), "gateway.example:7443"` + options + `)
	if err != nil {
		panic(err)
	}
	record, _ := client.GetRecord(context.Background(), sdk.Query{})
	_, _ = record.Allergies().WithGaps()
}
`
}

// measure asks the go command what a program carries.
func measure(t *testing.T, source string) carried {
	t.Helper()
	dir := t.TempDir()
	file, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	write(t, file, source)
	packages := strings.Fields(goCommand(t, "list", "-deps", file))
	modules := strings.Fields(goCommand(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", file))
	slices.Sort(modules)
	goCommand(t, "build", "-trimpath", "-ldflags=-s -w", "-o", binary, file)
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	return carried{len(packages), len(slices.Compact(modules)), float64(info.Size()) / 1e6}
}

func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = repository(t)
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, complaint.String())
	}
	return string(out)
}

var vendorRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| (\d+) \| (\d+) \| ([\d.]+) MB \|$`)

// documented reads the table of docs/integrating.md.
func documented(t *testing.T) map[string]carried {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join(repository(t), "docs", "integrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]carried{}
	for _, row := range vendorRow.FindAllStringSubmatch(string(guide), -1) {
		var c carried
		var errs [3]error
		c.packages, errs[0] = strconv.Atoi(row[2])
		c.modules, errs[1] = strconv.Atoi(row[3])
		c.megabytes, errs[2] = strconv.ParseFloat(row[4], 64)
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		rows[row[1]] = c
	}
	return rows
}

// A vendor chooses by these figures: no program carries more than the guide says. The
// race detector and other machines change sizes a little, hence the tenth of a megabyte.
func TestAVendorsProgramCarriesNoMoreThanTheGuideSays(t *testing.T) {
	if testing.Short() {
		t.Skip("it links four programs")
	}
	table := documented(t)
	for name, source := range vendorPrograms {
		t.Run(name, func(t *testing.T) {
			said, ok := table[name]
			if !ok {
				t.Fatal("docs/integrating.md does not say what it carries")
			}
			got := measure(t, source)
			if got.packages > said.packages || got.modules > said.modules || got.megabytes > said.megabytes+0.1 {
				t.Errorf("it carries %d packages of %d modules and %.1f MB; docs/integrating.md says %d, %d and %.1f MB",
					got.packages, got.modules, got.megabytes, said.packages, said.modules, said.megabytes)
			}
		})
	}
}
