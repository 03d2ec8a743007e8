// Package documents holds what the patients of the sandbox have in the regions that exchange documents: metadata as a
// document registry keeps them, and the bytes, some written by hand, some made when they are read.
package documents

import (
	"crypto/sha1" //nolint:gosec // XDSDocumentEntry.hash is SHA-1 (IHE ITI TF-3, 4.2.3.2.10)
	"encoding/hex"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// The availability statuses of a document.
const (
	Approved   = "Approved"
	Deprecated = "Deprecated"
)

// Folder is what one region's document exchange knows of one patient.
type Folder struct {
	Patient patients.Patient
	// InDomain says that the exchange gave the patient an id of its own. One who is known to the patient index and has
	// none was never seen by it.
	InDomain bool
	// Documents, in the order in which the registry lists them.
	Documents []Document
}

// Code is a coded value of a registry.
type Code struct {
	Code    string `yaml:"code"`
	Display string `yaml:"display"`
	// System is the OID of the coding scheme.
	System string `yaml:"system"`
}

// Author of a document.
type Author struct {
	// ID, Family, Given and Prefix of the person. All empty where only an organisation is named.
	ID     string `yaml:"id"`
	Family string `yaml:"family"`
	Given  string `yaml:"given"`
	Prefix string `yaml:"prefix"`
	Role   string `yaml:"role"`
	// Organisation and its ODS code.
	Organisation string `yaml:"organisation"`
	ODS          string `yaml:"ods"`
}

// Document is one entry of a registry and the document behind it.
type Document struct {
	// Name within the folder, for tests.
	Name string `yaml:"name"`
	// UniqueID is the document's OID, EntryID the registry's UUID of its entry.
	UniqueID string `yaml:"unique_id"`
	EntryID  string `yaml:"-"`
	Title    string `yaml:"title"`
	Comment  string `yaml:"comment"`
	// Kind chooses class, type and format; see kinds.go.
	Kind                string `yaml:"kind"`
	Class, Type, Format Code   `yaml:"-"`
	MediaType           string `yaml:"media_type"`
	// Created, and From and Until of the service, as a DTM of HL7 v2 in UTC. For MHD to the second.
	Created string `yaml:"created"`
	From    string `yaml:"from"`
	Until   string `yaml:"until"`
	// Confidentiality is N, R or V. Empty: N.
	Confidentiality string `yaml:"confidentiality"`
	Author          Author `yaml:"author"`
	// Status is Approved or Deprecated. Empty: Approved. Replaces names the document that this one took the place of.
	Status   string `yaml:"status"`
	Replaces string `yaml:"replaces"`
	// About is the NHS number of whom the entry says that it is about. Empty: the patient of the folder.
	About string `yaml:"about"`
	// File of the folder that holds the content.
	File string `yaml:"file"`
	// Lines make a PDF; Padding adds so many bytes to it.
	Lines   []string `yaml:"lines"`
	Padding int      `yaml:"padding"`
	// Hash (SHA-1, hex) and Size as the registry states them. A hash that is given in the file is a wrong one.
	Hash string `yaml:"hash"`
	Size int    `yaml:"-"`
	// Lost says that the registry lists what the repository cannot give; Inline that the repository
	// sends the bytes as base64 within the message.
	Lost   bool `yaml:"lost"`
	Inline bool `yaml:"inline"`
	// Content is the document itself.
	Content []byte `yaml:"-"`
}

// index is a documents.yaml.
type index struct {
	NoLocalID bool       `yaml:"no_local_id"`
	Documents []Document `yaml:"documents"`
	Series    *Series    `yaml:"series"`
}

// All reads the folders of the patients whom the region's patient index knows.
func All(everybody []patients.Patient, region string) ([]*Folder, error) {
	var folders []*Folder
	for _, p := range everybody {
		folder, err := Of(p, region)
		if err != nil {
			return nil, fmt.Errorf("documents: %s in %s: %w", p.Slug, region, err)
		}
		if folder != nil {
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// Of reads one patient's folder, or gives nil when the region does not know the patient.
func Of(p patients.Patient, region string) (*Folder, error) {
	files, err := p.Files(region)
	if err != nil || files["documents.yaml"] == nil {
		return nil, err
	}
	var in index
	if err := yaml.UnmarshalWithOptions(files["documents.yaml"], &in, yaml.Strict()); err != nil {
		return nil, err
	}
	folder := &Folder{Patient: p, InDomain: !in.NoLocalID, Documents: in.Documents}
	if in.Series != nil {
		folder.Documents = append(folder.Documents, in.Series.documents(p)...)
	}
	for i := range folder.Documents {
		if err := folder.Documents[i].complete(files); err != nil {
			return nil, err
		}
	}
	return folder, nil
}

// complete fills in what follows from the rest.
func (d *Document) complete(files map[string][]byte) error {
	if err := d.classify(); err != nil {
		return err
	}
	switch {
	case d.File != "":
		d.Content = files[d.File]
	case d.Lines != nil:
		d.Content = PDF(d.Lines, d.Padding)
	}
	if len(d.Content) == 0 {
		return fmt.Errorf("%s has no content", d.Name)
	}
	if d.Status == "" {
		d.Status = Approved
	}
	if d.Confidentiality == "" {
		d.Confidentiality = "N"
	}
	d.EntryID, d.Size = entryID(d.UniqueID), len(d.Content)
	if d.Hash == "" {
		d.Hash = Hash(d.Content)
	}
	return nil
}

// Hash is a document's hash as a registry states it: SHA-1 in lower-case hexadecimal.
func Hash(content []byte) string {
	sum := sha1.Sum(content) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// entryID makes a UUID from a unique id: the same at every start, and shaped as RFC 9562 version 5 wants it.
func entryID(uniqueID string) string {
	sum := sha1.Sum([]byte("entry of " + uniqueID)) //nolint:gosec // a name, no secret
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
