package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/sdktest"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fixturesPath is where the SDK's fake gateway has its answers. Write them anew with:
// go test ./cmd/lhcr -run TestFixturesOfSDKTestAreFresh -refresh
var fixturesPath = filepath.Join("..", "..", "sdk", "sdktest", "fixtures.zip")

// originalsUpTo bounds the record whose originals the fixtures hold too.
const originalsUpTo = 1 << 20

// anyRequestID stands for the ids that a simulated region gives to requests.
const anyRequestID = "00000000-0000-4000-8000-000000000000"

// entries are the files of an archive by name.
type entries map[string][]byte

// The fixtures are what the gateway answers today. One whose fixtures are stale lets
// vendors test against what no gateway says any more.
func TestFixturesOfSDKTestAreFresh(t *testing.T) {
	want := fixtures(t)
	if *refresh {
		if err := os.WriteFile(fixturesPath, packed(t, want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := unpacked(t, fixturesPath)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Fatalf("files (-want +got):\n%s", diff)
	}
	for name, content := range want {
		if !bytes.Equal(content, got[name]) {
			t.Errorf("%s is not what the gateway answers now: write the fixtures anew (-refresh)", name)
		}
	}
}

// fixtures asks the whole house about everybody.
func fixtures(t *testing.T) entries {
	t.Helper()
	d := house(t, leisurely())
	client := supplier(t, d)
	all := entries{}
	var patients []sdktest.Patient
	for _, p := range everybody(t) {
		patients = append(patients, sdktest.Patient{Slug: p.Slug, NHSNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth, Name: p.Name, Story: p.Story})
		answer := wholeAnswer(t, client, p)
		all.documents(t, client, p, answer)
		all.put(t, "records/"+p.Slug+".binpb", settled(answer, placeless(d)))
	}
	slices.SortFunc(patients, func(a, b sdktest.Patient) int { return strings.Compare(a.Slug, b.Slug) })
	var err error
	if all["patients.json"], err = json.MarshalIndent(patients, "", "  "); err != nil {
		t.Fatal(err)
	}
	regions, err := client.Regions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all.put(t, "regions.binpb", &lhcrv1.ListRegionsResponse{Regions: regions})
	all.put(t, "endpoints.binpb", endpointsOfDefinitions())
	return all
}

// wholeAnswer is everything of a patient, without what differs from run to run.
func wholeAnswer(t *testing.T, client *sdk.Client, p sandbox.Patient) *lhcrv1.GetRecordResponse {
	t.Helper()
	query := everything(p)
	query.Freshness, query.IncludeSource = sdk.PastCache(), true
	record, err := lookup(t.Context(), client, query)
	if err != nil {
		t.Fatalf("%s: %v", p.Slug, err)
	}
	answer := unstamped(record.Unguarded())
	if proto.Size(answer) > originalsUpTo {
		answer.Sources = nil
	}
	return answer
}

// unstamped is an answer without the moments and ids that differ from run to run.
func unstamped(res *lhcrv1.GetRecordResponse) *lhcrv1.GetRecordResponse {
	answer := proto.CloneOf(res)
	answer.RequestId, answer.AssembledAt = "", nil
	for _, o := range answer.GetOutcomes() {
		if o.GetRetrievedAt() != nil {
			o.RetrievedAt = timestamppb.New(testDay())
		}
		for _, g := range o.GetGaps() {
			if g.GetSourceRequestId() != "" {
				g.SourceRequestId = anyRequestID
			}
		}
	}
	return answer
}

// placeless writes placeholders for the addresses of the simulated systems, whose
// ports change with every run.
func placeless(d *demo.Demo) *strings.Replacer {
	var pairs []string
	for _, system := range d.Sandbox.Systems() {
		address, err := url.Parse(system.Access().BaseURL)
		if err == nil {
			pairs = append(pairs, address.Host, "record."+system.Access().RegionID+".example")
		}
	}
	return strings.NewReplacer(pairs...)
}

// settled is an answer without addresses that change.
func settled(answer *lhcrv1.GetRecordResponse, places *strings.Replacer) *lhcrv1.GetRecordResponse {
	for _, d := range answer.GetRecord().GetDocuments() {
		for i, content := range d.GetContents() {
			content.ContentId = settledContent(d, i)
		}
	}
	for _, s := range answer.GetSources() {
		s.Content = []byte(places.Replace(string(s.GetContent())))
	}
	return answer
}

// settledContent stands for a content's id, which is made of its address.
func settledContent(d *lhcrv1.Document, i int) string {
	if d.GetContents()[i].GetContentId() == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", d.GetHeader().GetRegionId(), d.GetHeader().GetItemId(), i))
	return hex.EncodeToString(sum[:16])
}

// endpointsOfDefinitions are the addresses that the definitions name: those of the
// sandbox change with every run.
func endpointsOfDefinitions() *lhcrv1.ListNetworkEndpointsResponse {
	res := &lhcrv1.ListNetworkEndpointsResponse{}
	for _, m := range members() {
		for _, e := range m.entry.Describe().GetEndpoints() {
			e = proto.CloneOf(e)
			e.RegionId = m.entry.ID
			res.Endpoints = append(res.Endpoints, e)
		}
	}
	return res
}

// put writes a message so that the same message gives the same bytes.
func (e entries) put(t *testing.T, name string, m proto.Message) {
	t.Helper()
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	e[name] = encoded
}

// documents fetches every content of every document that the record lists.
func (e entries) documents(t *testing.T, client *sdk.Client, p sandbox.Patient, answer *lhcrv1.GetRecordResponse) {
	t.Helper()
	number := 0
	for _, d := range answer.GetRecord().GetDocuments() {
		for i, content := range d.GetContents() {
			query := sdk.DocumentQuery{
				Patient: sdk.Patient{NHSNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth}, Access: sdk.LegitimateRelationship(),
				RegionID: d.GetHeader().GetRegionId(), ItemID: d.GetHeader().GetItemId(), ContentID: content.GetContentId(),
			}
			var bytes bytes.Buffer
			info, err := client.GetDocument(t.Context(), query, &bytes)
			var failed *sdk.Error
			if errors.As(err, &failed) {
				continue // a content that the simulated region does not give
			}
			if err != nil {
				t.Fatal(err)
			}
			base := fmt.Sprintf("documents/%s/%d", p.Slug, number)
			number++
			e.put(t, base+".binpb", &lhcrv1.GetDocumentRequest{RegionId: query.RegionID, ItemId: query.ItemID, ContentId: settledContent(d, i)})
			e.put(t, base+".info.binpb", info)
			e[base+".content"] = bytes.Bytes()
		}
	}
}

func packed(t *testing.T, all entries) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(all[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unpacked(t *testing.T, path string) entries {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	all := entries{}
	for _, f := range archive.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(content); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
