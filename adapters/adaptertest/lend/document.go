package lend

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
)

// Document is a document that the sandbox holds of a patient in a region, by its file.
func Document(t *testing.T, p adaptertest.Patient, regionID, file, mediaType string) *adaptertest.Document {
	t.Helper()
	all, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(known sandbox.Patient) bool { return known.NHSNumber == p.NHSNumber })
	if i < 0 {
		t.Fatal("the sandbox has no such patient")
	}
	files, err := all[i].Files(regionID)
	if err != nil || files[file] == nil {
		t.Fatalf("the sandbox holds no %s of this patient (%v)", file, err)
	}
	return &adaptertest.Document{Patient: p, MediaType: mediaType, Content: files[file]}
}
