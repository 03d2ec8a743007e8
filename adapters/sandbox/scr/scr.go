// Package scr simulates the national Summary Care Record API as its public specification has it (NHSDigital/
// summary-care-record-api): the id of the latest record by a search for DocumentReference, the record as a Bundle by that
// id, alerts as AuditEvents and the patient's permission as Parameters. A stale id answers 200 with nothing in it, and
// five requests a second are let through.
//
// What the API takes only with a token of a user (alerts, permissions) is taken here with the application's: no caller
// can hand on another, and what is to be proven is the order in which an adapter calls.
package scr

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// ID is the region's id.
const ID = "scr"

const (
	basePath  = "/summary-care-record/FHIR/R4"
	tokenPath = "/oauth2/token"
	asid      = "200000000999"
)

// Permissions that a patient can give (https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission).
const (
	Yes = "Yes"
	No  = "No"
	Ask = "Ask"
)

// Start opens the token listener and the API. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("scr: %w", err)
	}
	if err := open(sys, all, now); err != nil {
		return nil, errors.Join(fmt.Errorf("scr: %w", err), sys.Close())
	}
	return sys, nil
}

func open(sys *system.System, all []patients.Patient, now system.Now) error {
	records, err := read(all)
	if err != nil {
		return err
	}
	client, keyPEM, err := oauth.NewAssertions(sys, now, oauth.AssertionOptions{Path: tokenPath, Algorithm: "RS512"})
	if err != nil {
		return err
	}
	tokenURL, err := sys.Listen(client.Endpoint())
	if err != nil {
		return err
	}
	client.Audience = tokenURL + tokenPath
	api, err := sys.Listen(&service{sys: sys, records: records, admits: client.Tokens.Admits, pace: &pace{now: time.Now, recent: map[string][]time.Time{}}})
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL, a.TokenURL, a.ClientID = api+basePath, client.Audience, client.ClientID
		a.SigningKeyPEM, a.SigningKeyID = keyPEM, client.KeyID
		a.Codes = map[string]string{"asid": asid}
	})
	return nil
}

// record is one patient's latest record.
type record struct {
	id         string // of the Composition
	permission string
	bundle     map[string]any
}

// read takes the records of those patients who have a file for this system (data/<slug>/scr/record.json): the Bundle as
// it is answered, whose meta.tag says the permission.
func read(all []patients.Patient) (map[string]*record, error) {
	records := map[string]*record{}
	for _, p := range all {
		files, err := p.Files(ID)
		if err != nil {
			return nil, err
		}
		raw := files["record.json"]
		if raw == nil {
			continue
		}
		r := &record{permission: Yes}
		if err := json.Unmarshal(raw, &r.bundle); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Slug, err)
		}
		if r.id = idOf(r.bundle); r.id == "" {
			return nil, fmt.Errorf("%s: no Composition with an identifier", p.Slug)
		}
		if said := permissionOf(r.bundle); said != "" {
			r.permission = said
		}
		records[p.NHSNumber] = r
	}
	return records, nil
}

func idOf(bundle map[string]any) string {
	for _, resource := range resources(bundle) {
		if resource["resourceType"] == "Composition" {
			return text(resource, "identifier", "value")
		}
	}
	return ""
}

// permissionOf reads the tag in which the sandbox's files say the permission, and takes it off.
func permissionOf(bundle map[string]any) string {
	meta, _ := bundle["meta"].(map[string]any)
	tags, _ := meta["tag"].([]any)
	delete(bundle, "meta")
	if len(tags) == 0 {
		return ""
	}
	tag, _ := tags[0].(map[string]any)
	code, _ := tag["code"].(string)
	return code
}

func resources(bundle map[string]any) []map[string]any {
	var all []map[string]any
	entries, _ := bundle["entry"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		if resource, ok := entry["resource"].(map[string]any); ok {
			all = append(all, resource)
		}
	}
	return all
}

func text(from map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		from, _ = from[key].(map[string]any)
	}
	value, _ := from[path[len(path)-1]].(string)
	return value
}

func mustJSON(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("scr: maps and strings are not JSON: " + err.Error())
	}
	return body
}

var _ http.Handler = (*service)(nil)
