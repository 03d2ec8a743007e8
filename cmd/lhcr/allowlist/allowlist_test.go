package allowlist_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/allowlist"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"
)

func at(region, host string, port uint32, network, purpose string) *lhcrv1.NetworkEndpoint {
	return &lhcrv1.NetworkEndpoint{RegionId: region, Host: host, Port: port, Protocol: "https", Network: network, Direction: "outbound", Purpose: purpose}
}

func list() []*lhcrv1.NetworkEndpoint {
	return []*lhcrv1.NetworkEndpoint{
		at("yorkshire", "fhir.yorkshire.example", 443, "HSCN", "record"),
		at("dorset", "token.dorset.example", 8443, "internet", "token"),
		at("dorset", "fhir.dorset.example", 443, "HSCN", "record"),
	}
}

func TestAListIsSortedCSVWithAHeader(t *testing.T) {
	want := "region,host,port,protocol,network,direction,purpose\r\n" +
		"dorset,fhir.dorset.example,443,https,HSCN,outbound,record\r\n" +
		"dorset,token.dorset.example,8443,https,internet,outbound,token\r\n" +
		"yorkshire,fhir.yorkshire.example,443,https,HSCN,outbound,record\r\n"
	if diff := cmp.Diff(want, allowlist.CSV(list())); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, begins := range []string{"=", "+", "-", "@", "\t", "\r", "\n"} {
		hostile := at("dorset", begins+`HYPERLINK("https://elsewhere.example","x"),y`, 443, begins, begins+"\r\nother,row")
		saved := allowlist.CSV([]*lhcrv1.NetworkEndpoint{hostile})
		rows, err := csv.NewReader(strings.NewReader(saved)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %v", saved, err)
		}
		for _, cell := range rows[1] {
			if strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
				t.Errorf("%q", cell)
			}
		}
	}
}

func TestASavedListIsRead(t *testing.T) {
	inJSON, err := protojson.Marshal(&lhcrv1.ListNetworkEndpointsResponse{Endpoints: list()})
	if err != nil {
		t.Fatal(err)
	}
	odd := []*lhcrv1.NetworkEndpoint{at("dorset", "=x", 1, "'quoted", "-")}
	for name, tt := range map[string]struct {
		saved string
		want  []*lhcrv1.NetworkEndpoint
	}{
		"as CSV":                {allowlist.CSV(list()), []*lhcrv1.NetworkEndpoint{list()[2], list()[1], list()[0]}},
		"as JSON":               {string(inJSON), list()},
		"as a spreadsheet does": {"\xef\xbb\xbfNote,Region,Purpose,Direction,Network,Protocol,Port,Host\nour own,dorset,record,outbound,HSCN,https,443,fhir.dorset.example\n\n", list()[2:]},
		"with what looks odd":   {allowlist.CSV(odd), odd},
		"of nothing":            {allowlist.CSV(nil), nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allowlist.Read([]byte(tt.saved))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("the list (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoListIsNamed(t *testing.T) {
	const header = "region,host,port,protocol,network,direction,purpose\n"
	for name, tt := range map[string]struct{ saved, want string }{
		"nothing":          {"", "header"},
		"JSON of another":  {`{"endpoints":7}`, "JSON"},
		"another CSV":      {"a,b\n", `"region"`},
		"a port in words":  {header + "dorset,h,https,https,HSCN,outbound,record\n", "line 2: the port"},
		"a short row":      {header + "dorset,h,443,https,HSCN,outbound,record\ndorset,h\n", "line 3: no port"},
		"a quotation mark": {header + `dorset,"h,443` + "\n", "quotation"},
		"too much":         {strings.Repeat("x", allowlist.MaxBytes+1), "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := allowlist.Read([]byte(tt.saved)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestWhatHasChanged(t *testing.T) {
	later := []*lhcrv1.NetworkEndpoint{
		at("dorset", "new.dorset.example", 443, "HSCN", "record"),
		at("dorset", "token.dorset.example", 8443, "nww", "token"),
		at("yorkshire", "fhir.yorkshire.example", 443, "HSCN", "record"),
	}
	got := allowlist.Compare(list(), later)
	want := allowlist.Changes{
		Added: later[:1], Removed: list()[2:], Changed: []allowlist.Change{{Before: list()[1], After: later[1]}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || got.None() {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	csv := "change,region,host,port,protocol,network,direction,purpose\r\n" +
		"added,dorset,new.dorset.example,443,https,HSCN,outbound,record\r\n" +
		"removed,dorset,fhir.dorset.example,443,https,HSCN,outbound,record\r\n" +
		"changed from,dorset,token.dorset.example,8443,https,internet,outbound,token\r\n" +
		"changed to,dorset,token.dorset.example,8443,https,nww,outbound,token\r\n"
	if diff := cmp.Diff(csv, allowlist.ChangesCSV(got)); diff != "" {
		t.Errorf("as CSV (-want +got):\n%s", diff)
	}
	if c := allowlist.Compare(list(), []*lhcrv1.NetworkEndpoint{list()[2], list()[1], list()[0]}); !c.None() {
		t.Errorf("the same in another order: %+v", c)
	}
	if c := allowlist.Compare(list(), list()[:1], "yorkshire"); !c.None() {
		t.Errorf("of one region alone: %+v", c)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(allowlist.CSV(list())))
	f.Add([]byte(`{"endpoints":[{"host":"h"}]}`))
	f.Fuzz(func(t *testing.T, saved []byte) {
		got, err := allowlist.Read(saved)
		if err != nil || len(saved) > 0 && saved[0] == '{' {
			return
		}
		again, err := allowlist.Read([]byte(allowlist.CSV(got)))
		if err != nil || len(again) != len(got) {
			t.Errorf("%d of %d came back (%v)", len(again), len(got), err)
		}
	})
}
