package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/shell"
)

// client is the program that shows the SDK. It is a program of this repository, so
// that it is built and checked with it.
//
//go:embed client/main.go
var client string

// Commands are ways to call the running gateway, ready to paste. program is how this
// program is called: a command or a path. The patient stands in files that become the
// requests' bodies: neither in a URL nor in the shell's history.
func (d *Demo) Commands(program, number, birth string) (string, error) {
	query := map[string]any{
		"patient": map[string]string{"nhsNumber": number, "dateOfBirth": birth},
		"access": map[string]any{
			"purpose": "PURPOSE_DIRECT_CARE", "basis": "ACCESS_BASIS_LEGITIMATE_RELATIONSHIP",
			"consents": []map[string]string{{"regionId": consentRegion, "reference": consentReference, "from": today()}},
		},
	}
	body, err := document(query)
	if err != nil {
		return "", err
	}
	stream, err := document(map[string]any{"query": query})
	if err != nil {
		return "", err
	}
	var files writer
	whole := files.write(d.Files.Folder, "query.json", body)
	parts := files.write(d.Files.Folder, "stream.json", stream)
	d.Files.Patient = files.write(d.Files.Folder, "patient", number+"\n"+birth+"\n")
	source := files.write(d.Files.Folder, "main.go", d.source())
	return d.rest(whole, parts) + d.grpcurl(whole) + d.own(program) + fromGo(source), files.err
}

func document(body map[string]any) (string, error) {
	text, err := json.MarshalIndent(body, "", "  ")
	return string(text) + "\n", err
}

// source is the client with the demo's own address and folder.
func (d *Demo) source() string {
	return strings.NewReplacer(
		`target = "127.0.0.1:7443"`, "target = "+strconv.Quote(d.GRPC),
		`folder = "."`, "folder = "+strconv.Quote(d.Files.Folder),
	).Replace(client)
}

func (d *Demo) rest(query, stream string) string {
	call := fmt.Sprintf(`--cacert %s -H "Authorization: Bearer $(cat %s)" \
  -H 'Content-Type: application/json'`, shell.Quote(d.Files.CA), shell.Quote(d.Files.Token))
	return fmt.Sprintf(`Over REST, with curl (the API is described at https://%[1]s/docs):

curl %[2]s --data @%[3]s \
  https://%[1]s/v1/record:get

The same, each region as it lands, a line of JSON each (the body is {"query": …}):

curl -N %[2]s --data @%[4]s \
  https://%[1]s/v1/record:stream

`, d.REST, call, shell.Quote(query), shell.Quote(stream))
}

func (d *Demo) grpcurl(query string) string {
	return fmt.Sprintf(`Over gRPC, with grpcurl:

grpcurl -cacert %s -H "authorization: Bearer $(cat %s)" \
  -d @ %s lhcr.v1.RecordService/GetRecord < %s

`, shell.Quote(d.Files.CA), shell.Quote(d.Files.Token), d.GRPC, shell.Quote(query))
}

func (d *Demo) own(program string) string {
	return fmt.Sprintf(`Over gRPC, with this program:

%s record get --target %s --ca %s --token-file %s \
  --nhs-number-file %s --consent %s

What the gateway keeps of the patient, forgotten (another listener, another token):

%s cache purge --target %s --ca %s --token-file %s \
  --nhs-number-file %s

`, program, d.GRPC, shell.Quote(d.Files.CA), shell.Quote(d.Files.Token), shell.Quote(d.Files.Patient),
		shell.Quote(consentRegion+"="+consentReference+","+today()),
		program, d.Admin, shell.Quote(d.Files.CA), shell.Quote(d.Files.Operator), shell.Quote(d.Files.Patient))
}

func fromGo(source string) string {
	return fmt.Sprintf(`From Go, with github.com/openlhcr/openlhcr/sdk (a whole program, to read and to run
from the root of the repository):

go run %s

`, shell.Quote(source))
}
