package demo

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Commands are ways to call the running gateway, ready to paste. The patient
// stands in a file that becomes the request's body: neither in a URL nor in the
// shell's history.
func (d *Demo) Commands(number, birth string) (string, error) {
	query, err := json.MarshalIndent(map[string]any{
		"patient": map[string]string{"nhsNumber": number, "dateOfBirth": birth},
		"access":  map[string]string{"purpose": "PURPOSE_DIRECT_CARE", "basis": "ACCESS_BASIS_LEGITIMATE_RELATIONSHIP"},
	}, "", "  ")
	if err != nil {
		return "", err
	}
	body, patient := filepath.Join(d.Files.Folder, "query.json"), filepath.Join(d.Files.Folder, "patient")
	if err := os.WriteFile(body, append(query, '\n'), 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(patient, []byte(number+"\n"+birth+"\n"), 0o600); err != nil {
		return "", err
	}
	return d.rest(body) + d.grpcurl(body) + d.own(patient) + d.goSnippet(), nil
}

func (d *Demo) rest(body string) string {
	return fmt.Sprintf(`Over REST, with curl (the API is described at https://%[2]s/docs):

curl --cacert %[1]s -H "Authorization: Bearer $(cat %[3]s)" \
  -H 'Content-Type: application/json' --data @%[4]s \
  https://%[2]s/v1/record:get

`, d.Files.CA, d.REST, d.Files.Token, body)
}

func (d *Demo) grpcurl(body string) string {
	return fmt.Sprintf(`Over gRPC, with grpcurl:

grpcurl -cacert %s -H "authorization: Bearer $(cat %s)" \
  -d @ %s lhcr.v1.RecordService/GetRecord < %s

`, d.Files.CA, d.Files.Token, d.GRPC, body)
}

func (d *Demo) own(patient string) string {
	return fmt.Sprintf(`Over gRPC, with this program:

lhcr record get --target %s --ca %s --token-file %s \
  --nhs-number-file %s

`, d.GRPC, d.Files.CA, d.Files.Token, patient)
}

func (d *Demo) goSnippet() string {
	return fmt.Sprintf(`From Go, with github.com/openlhcr/openlhcr/sdk:

pem, _ := os.ReadFile(%[1]q)
pool := x509.NewCertPool()
pool.AppendCertsFromPEM(pem)
token, _ := os.ReadFile(%[2]q)
client, err := sdk.Dial(ctx, %[3]q, sdk.WithRootCAs(pool),
	sdk.WithTokenSource(sdk.StaticToken(token)))
record, err := client.GetRecord(ctx, sdk.Query{
	Patient: sdk.Patient{NHSNumber: number, DateOfBirth: born},
	Access:  sdk.LegitimateRelationship(),
})
allergies, err := record.Allergies().Complete() // or WithGaps

`, d.Files.CA, d.Files.Token, d.GRPC)
}
