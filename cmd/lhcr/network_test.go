package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/network"
)

// written writes a file of a test.
func written(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const addressesOfDorset = `region,host,port,protocol,network,direction,purpose
dorset,fhir.dorset.example,8443,https,HSCN,outbound,record
dorset,login.dorset.example,443,https,HSCN,outbound,token
`

// dorsetAlone is a deployment of one region, whose files are not there: nobody needs them for a list.
const dorsetAlone = `regions:
  dorset: {base_url: "https://FHIR.dorset.example:8443/r4", token_url: "https://login.dorset.example/token", client_id: us, client_secret_file: gone, cert_file: gone, key_file: gone}
`

func TestTheAddressesOfADeploymentAreListedForWhoeverKeepsTheAllowList(t *testing.T) {
	file := written(t, "lhcr.yaml", dorsetAlone)
	got := lhcr(t, "", "network", "list", "--config", file, "--format", "csv")
	if want := strings.ReplaceAll(addressesOfDorset, "\n", "\r\n"); got.out != want || got.code != exitDone {
		t.Errorf("exit code %d, %q, want %q; %s", got.code, got.out, want, got.err)
	}
	mustSay(t, lhcr(t, "", "network", "list", "--config", file).out, "Region", "fhir.dorset.example", "8443")
	mustSay(t, lhcr(t, "", "network", "list", "--config", file, "--format", "json").out, `"regionId": "dorset"`, `"purpose": "token"`)
	mustNotSay(t, lhcr(t, "", "network", "list", "--config", file).out, "yorkshire", ".invalid")
}

// A region of two systems needs the addresses of both, and what a deployment has not set is not made up.
func TestTheAddressesOfARegionOfTwoSystems(t *testing.T) {
	file := written(t, "lhcr.yaml", `regions:
  cheshire-merseyside:
    base_url: "https://graphnet.example/stu3"
    token_url: "https://graphnet.example/token"
    systems:
      documents: {addresses: {repository: "https://xca.example:8443/retrieve", xcpd: "https://xcpd.example/"}, base_url: "https://xca.example:8443/query", allow_hosts: ["more.example:443"]}
`)
	want := strings.ReplaceAll(`region,host,port,protocol,network,direction,purpose
cheshire-merseyside,graphnet.example,443,https,HSCN,outbound,record
cheshire-merseyside,graphnet.example,443,https,HSCN,outbound,token
cheshire-merseyside,more.example,443,https,HSCN,outbound,documents-other
cheshire-merseyside,xca.example,8443,https,HSCN,outbound,documents-record
cheshire-merseyside,xca.example,8443,https,HSCN,outbound,documents-repository
cheshire-merseyside,xcpd.example,443,https,HSCN,outbound,documents-xcpd
`, "\n", "\r\n")
	if got := lhcr(t, "", "network", "list", "--config", file, "--format", "csv"); got.out != want {
		t.Errorf("%q, want %q; %s", got.out, want, got.err)
	}
}

func TestTheDefinitionsAddressesAreListedWithoutADeployment(t *testing.T) {
	got := lhcr(t, "", "network", "list", "--format", "csv")
	mustSay(t, got.out, "dorset,record.dorset.invalid,443,https,HSCN,outbound,record", "yorkshire,")
	mustSay(t, got.err, "placeholders")
	if one := lhcr(t, "", "network", "list", "wessex", "--format", "csv"); !strings.Contains(one.out, "chie,") || strings.Contains(one.out, "yorkshire") {
		t.Error(one.out)
	}
}

func TestTheAddressesOfARunningGateway(t *testing.T) {
	d := house(t, leisurely())
	got := lhcr(t, "", connected(d, "network", "list", "dorset", "--format", "csv")...)
	mustSay(t, got.out, "dorset,127.0.0.1,", ",record", ",token")
	mustNotSay(t, got.out, "yorkshire")
	saved := written(t, "saved.csv", got.out)
	if again := lhcr(t, "", connected(d, "network", "list", "dorset", "--since", saved)...); again.code != exitDone || again.out != "Nothing has changed.\n" {
		t.Errorf("exit code %d: %s", again.code, again.out)
	}
}

func TestWhatChangedSinceASavedListIsShown(t *testing.T) {
	file := written(t, "lhcr.yaml", dorsetAlone)
	same := written(t, "same.csv", addressesOfDorset)
	other := written(t, "other.csv", strings.ReplaceAll(strings.ReplaceAll(addressesOfDorset, "8443", "443"), "443,https,HSCN,outbound,token", "443,https,internet,outbound,token"))
	since := func(saved, format string) result {
		return lhcr(t, "", "network", "list", "--config", file, "--since", saved, "--format", format)
	}
	if got := since(same, "text"); got.code != exitDone || got.out != "Nothing has changed.\n" {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	inJSON := written(t, "same.json", lhcr(t, "", "network", "list", "--config", file, "--format", "json").out)
	if got := since(inJSON, "csv"); got.code != exitDone || strings.Count(got.out, "\n") != 1 {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	for format, says := range map[string][]string{
		"text": {"added", "removed", "changed from", "changed to"},
		"csv":  {"added,dorset,fhir.dorset.example,8443", "removed,dorset,fhir.dorset.example,443", "changed from,dorset,login", "changed to,dorset,login"},
		"json": {`"added"`, `"removed"`, `"before"`, `"after"`},
	} {
		got := since(other, format)
		if got.code != exitChanged {
			t.Errorf("%s: exit code %d", format, got.code)
		}
		mustSay(t, got.out, says...)
		mustSay(t, got.err, "1 added, 1 removed, 1 changed")
	}
	for _, broken := range []string{written(t, "broken.csv", "region,host\n"), filepath.Join(t.TempDir(), "gone")} {
		if got := since(broken, "text"); got.code != exitFailed || !strings.Contains(got.err, "--since") {
			t.Errorf("exit code %d: %s", got.code, got.err)
		}
	}
}

// onboarded is a running house, and the configuration of its regions as a file.
func onboarded(t *testing.T) (*demo.Demo, string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("strict: false\nsandbox: true\nregions:\n")
	opts := leisurely()
	opts.Configure = func(c *config.Config) error {
		for _, id := range []string{"dorset", "yorkshire"} {
			r := c.Regions[id]
			fmt.Fprintf(&b, "  %s: {base_url: %q, token_url: %q, client_id: %q, client_secret_file: %q, ca_file: %q, cert_file: %q, key_file: %q, signing_key_file: %q, signing_key_id: %q, codes: {",
				id, r.BaseURL, r.TokenURL, r.ClientID, r.ClientSecretFile, r.CAFile, r.CertFile, r.KeyFile, r.SigningKeyFile, r.SigningKeyID)
			for name, code := range r.Codes {
				fmt.Fprintf(&b, "%q: %q, ", name, code)
			}
			b.WriteString("}}\n")
		}
		return nil
	}
	d := house(t, opts)
	return d, written(t, "lhcr.yaml", b.String())
}

func TestEveryStepToEveryRegionIsChecked(t *testing.T) {
	d, file := onboarded(t)
	got := lhcr(t, "", "network", "check", "--config", file)
	if got.code != exitDone {
		t.Fatalf("exit code %d:\n%s%s", got.code, got.out, got.err)
	}
	mustSay(t, got.out, "dorset  record 127.0.0.1:", "dns: ", "tcp: connected to", "tls: TLS 1.3, issued by", "client certificate: ours is taken", "http: answers with status", "dorset  adapter: token", "yorkshire  adapter: metadata")
	mustNotSay(t, got.out, "failed", "hush", "999")
	if lines := strings.Count(got.out, "\n"); lines < 20 {
		t.Errorf("%d lines", lines)
	}
	d.Sandbox.System("dorset").Fault(sandbox.Fault{Kind: fault.TokenUnauthorized})
	got = lhcr(t, "", "network", "check", "--config", file, "--format", "json", "dorset")
	var steps []network.Step
	if err := json.Unmarshal([]byte(got.out), &steps); err != nil || got.code != exitFailed || network.Well(steps) {
		t.Errorf("exit code %d, error %v:\n%s", got.code, err, got.out)
	}
	for _, s := range steps {
		if s.RegionID != "dorset" || s.State == network.Failed && s.Ask == "" {
			t.Errorf("%+v", s)
		}
	}
	mustSay(t, got.out, "adapter: token", "client id, secret and keys")
	mustSay(t, got.err, "steps failed, over 1 region")
	mustNotSay(t, got.err, "1 regions")
}

func TestACheckSaysWhichSettingIsWrong(t *testing.T) {
	file := written(t, "lhcr.yaml", dorsetAlone)
	got := lhcr(t, "", "network", "check", "--config", file)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	mustSay(t, got.out, "dorset  settings: regions.dorset", "cert_file")
	if got := lhcr(t, "", "network", "check", "--config", file, "yorkshire"); got.code != exitFailed || !strings.Contains(got.out, "switched off") {
		t.Errorf("exit code %d: %s", got.code, got.out)
	}
	if got := lhcr(t, "", "network", "check", "--config", file, "nowhere"); got.code != exitUsage {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
	if got := lhcr(t, "", "network", "check", "--config", written(t, "none.yaml", "strict: false\n")); got.code != exitFailed || !strings.Contains(got.err, "no region is switched on") {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}
