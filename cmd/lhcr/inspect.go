package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// inspectCommand is `inspect`.
type inspectCommand struct {
	patientFlags
	formatFlag
	Files  []string `arg:"" help:"The files: FHIR as JSON or XML, a clinical document (CDA), an answer of a document registry (XDS, XCA, MHD) or repository; - for standard input."`
	As     string   `enum:"auto,fhir-r4,fhir-stu3,cda,registry,repository" default:"auto" help:"What the files are: ${enum}."`
	Region string   `placeholder:"ID" help:"Read as this region's answer: its id and its custom of tying medicines to courses."`
}

// Help teaches.
func (inspectCommand) Help() string {
	return `Nothing is sent anywhere. What a file is shows at its beginning: FHIR as JSON or XML
(a Bundle, one resource; MHD answers in it), a clinical document (CDA), the answer of a
document registry (XDS.b, XCA: SOAP, or its body alone) or of a repository (SOAP, MTOM),
whose documents are read too where they can be. As JSON, each file gives one object on one
line: {"response": <FetchResponse>, "account": {"resources", "items", "supporting",
"reported", "reasons"}}, where resources = items + supporting + reported. Without an NHS
number the patient of the file is taken; a file of several NHS numbers is refused, with
exit code 2 when nothing else failed. A file that is none of these is named on standard
error with what it is, and the others are read all the same; the exit code is then 1. A
page of a search that names a next page, or counts more than came, is shown with a gap:
the next page is not fetched.

  lhcr inspect record.json
  lhcr inspect letter.xml
  lhcr inspect --region yorkshire --format json *.json | jq .account`
}

// Run runs `inspect`.
func (f inspectCommand) Run(_ context.Context, c *console.Console) error {
	number, err := f.subject(c)
	if err != nil {
		return err
	}
	as, err := f.custom()
	if err != nil {
		return err
	}
	failed, unclear := 0, 0
	for _, name := range f.Files {
		err := f.inspect(c, name, number, as)
		if err == nil {
			continue
		}
		failed++
		if errors.Is(err, errSeveral) {
			unclear++
		}
		c.Progress("lhcr: " + name + ": " + err.Error())
	}
	switch {
	case failed == 0:
		return nil
	case failed == unclear:
		return usage("%d of %d files hold records of several NHS numbers: pass --nhs-number-file", failed, len(f.Files))
	}
	return fmt.Errorf("%d of %d files could not be read", failed, len(f.Files))
}

// errSeveral refuses to mix two people's records in one.
var errSeveral = errors.New("records of several NHS numbers: pass --nhs-number-file")

// mixed says that patients of several NHS numbers came.
func mixed(patients []*adapterv1.MatchedPatient) bool {
	first := ""
	for _, p := range patients {
		number := p.GetNhsNumber()
		if first != "" && number != "" && number != first {
			return true
		}
		first = cmp.Or(first, number)
	}
	return false
}

// nobody is what is said first of a file without any Patient.
const nobody = "No Patient came with this: a gateway could not tell whom it is about and would deliver nothing of it."

// subject is the NHS number asked for, or empty.
func (f inspectCommand) subject(c *console.Console) (string, error) {
	named, err := f.named(c)
	if err != nil || named.NHSNumber == "" {
		return "", err
	}
	number, err := nhsnumber.Parse(named.NHSNumber)
	if err != nil {
		return "", usageError{err}
	}
	return number.Reveal(), nil
}

func (f inspectCommand) inspect(c *console.Console, name, number string, as custom) error {
	body, err := readFile(c, name)
	if err != nil {
		return err
	}
	payloads, told, err := f.payloads(body)
	if err != nil {
		return err
	}
	reading, err := fhir.Read(f.input(payloads, number, as(body)))
	if err != nil {
		return fmt.Errorf("%w%s", err, offset(body))
	}
	if number == "" && mixed(reading.Response.GetPatients()) {
		return errSeveral
	}
	headline := told
	if len(reading.Response.GetPatients()) == 0 {
		headline = strings.TrimSpace(nobody + "\n" + told)
	}
	if f.json() {
		if headline != "" {
			c.Progress(name + ": " + headline)
		}
		return writeReading(c, reading)
	}
	return f.show(c, name, headline, reading)
}

func (f inspectCommand) show(c *console.Console, name, headline string, reading *fhir.Reading) error {
	if len(f.Files) > 1 {
		c.Progress("== " + name)
	}
	if headline != "" {
		headline += "\n\n"
	}
	view := show.View{Width: c.Width, Paint: c.Paint}
	return c.Write(headline + view.Fetched(f.regionID(), reading.Response, account(reading.Account)))
}

// offset says where a body stops being JSON. Its words hold nothing of the body.
func offset(body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return ""
	}
	var syntax *json.SyntaxError
	var whole json.RawMessage
	if err := json.Unmarshal(body, &whole); !errors.As(err, &syntax) {
		return ""
	}
	line := 1 + bytes.Count(body[:min(len(body), int(syntax.Offset))], []byte("\n"))
	return fmt.Sprintf(" (from byte %d on, in line %d)", syntax.Offset, line)
}

func readFile(c *console.Console, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(c.In)
	}
	body, err := os.ReadFile(name)
	var path *os.PathError
	if errors.As(err, &path) {
		// The caller names the file.
		return nil, path.Err
	}
	return body, err
}

// inspected is the region's id of a file that is read as no region's.
const inspected = "inspected"

func (f inspectCommand) regionID() string {
	if f.Region != "" {
		return f.Region
	}
	return inspected
}

func (f inspectCommand) input(payloads []fhir.Payload, number string, m member) fhir.Input {
	return fhir.Input{
		RegionID: f.regionID(), Version: m.version, Courses: m.courses, NHSNumber: number,
		Payloads:                 payloads,
		SourceIsPatientsPractice: m.courses == mapping.CourseRuleGPConnect,
		Now:                      time.Now(),
	}
}

// custom says how a file is read: its FHIR version and the custom by which its
// medicines form courses. The reader reads both versions alike; what is guessed
// wrong here ties medicines to courses as another source would.
type custom func(body []byte) member

func (f inspectCommand) custom() (custom, error) {
	if f.Region != "" {
		m, err := region(f.Region)
		return func([]byte) member { return m }, err
	}
	return func(body []byte) member {
		if f.As == "fhir-stu3" || f.As == "auto" && looksSTU3(body) {
			return member{version: fhir.STU3, courses: mapping.CourseRuleGPConnect}
		}
		return member{version: fhir.R4, courses: mapping.CourseRuleR4}
	}, nil
}

// looksSTU3 goes by the profiles that only STU3 publishers name: Care Connect and GP Connect.
func looksSTU3(body []byte) bool {
	for _, mark := range []string{"/STU3/", "CareConnect-"} {
		if bytes.Contains(body, []byte(mark)) {
			return true
		}
	}
	return false
}

func writeReading(c *console.Console, r *fhir.Reading) error {
	response, err := compactJSON(r.Response)
	if err != nil {
		return err
	}
	return writeLine(c, struct {
		Response json.RawMessage `json:"response"`
		Account  fhir.Account    `json:"account"`
	}{response, r.Account})
}

func account(a fhir.Account) show.Account {
	shown := show.Account{Resources: a.Resources, Items: a.Items, Supporting: a.Supporting, Reported: a.Reported}
	for _, r := range a.Reasons {
		shown.Reasons = append(shown.Reasons, &lhcrv1.ReportedResources{SourceType: r.Type, Count: uint32(r.Count), Reason: r.Reason})
	}
	return shown
}
