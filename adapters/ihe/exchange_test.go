package ihe_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/ihe"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/cheshiremerseyside/exchange"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// A simulated gateway to another community: XCA, XCPD and signed assertions over mutual TLS.
func TestCommunityIsAskedThroughItsGateway(t *testing.T) {
	everybody, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := exchange.Start(everybody, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	for by, definition := range map[string]string{"by XCPD": indexed("xcpd"), "by number": strings.Replace(byNumber, "profile: xds", "profile: xca\n  home_community: 2.999.8", 1)} {
		t.Run(by, func(t *testing.T) {
			source := strings.Replace(definition, "profile: xca", "assertion: {audience: '"+sys.Access().Audience+"', lifetime: 5m}\n  profile: xca", 1)
			access := sys.Access()
			access.Addresses = maps.Clone(access.Addresses)
			maps.DeleteFunc(access.Addresses, func(purpose, _ string) bool { return !strings.Contains(source, "{purpose: "+purpose+",") })
			access.ReasonCode = ""
			a := lend.Adapter(t, ihe.Entry([]byte(source)), access)
			req := lend.Request(adaptertest.Patient{NHSNumber: number, DateOfBirth: "1948-03-07"}, documents, allergies)
			res := fetch(t, a, req)
			list := res.GetRecord().GetDocuments()
			if outcome(t, res, documents) != "RETURNED" || len(list) == 0 || list[0].GetHomeCommunityId() != "urn:oid:2.999.8" {
				t.Fatalf("%s, %v", outcome(t, res, documents), list)
			}
			doc, err := a.(adapters.DocumentFetcher).FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{
				Caller: req.GetCaller(), Patient: req.GetPatient(), ItemId: list[0].GetHeader().GetItemId(), ContentId: list[0].GetContents()[0].GetContentId(),
			})
			if err != nil || uint64(len(doc.GetContent())) != list[0].GetContents()[0].GetSize() {
				t.Errorf("%v, %v", doc, err)
			}
			check, err := a.(adapters.Checker).Check(t.Context(), nil)
			if err != nil || check.GetStatus().String() != "HEALTH_STATUS_HEALTHY" {
				t.Errorf("%v, %v", check, err)
			}
			if diff := cmp.Diff("FA001", sys.LastCaller().OrganisationODS); diff != "" {
				t.Error(diff)
			}
		})
	}
}
