package sdktest

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// archive holds what a real gateway answered:
//
//	patients.json                           the patients
//	records/<slug>.binpb                    GetRecordResponse of every region and section
//	documents/<slug>/<number>.binpb         GetDocumentRequest, without patient and access, …
//	documents/<slug>/<number>.info.binpb    … the DocumentInfo that it gave, …
//	documents/<slug>/<number>.content       … and the bytes
//	regions.binpb                           ListRegionsResponse
//	endpoints.binpb                         ListNetworkEndpointsResponse
//
//go:embed fixtures.zip
var archive []byte

// fixture is the archive, read.
type fixture struct {
	patients  []Patient
	records   map[string]*lhcrv1.GetRecordResponse // by NHS number; never changed
	documents map[documentKey]document
	regions   *lhcrv1.ListRegionsResponse
	endpoints *lhcrv1.ListNetworkEndpointsResponse
}

type documentKey struct{ number, region, item, content string }

type document struct {
	info  *lhcrv1.DocumentInfo
	bytes []byte
}

// fixtures reads the archive once. It panics when it cannot be read, for then the
// package was not built as it was tested.
var fixtures = sync.OnceValue(func() *fixture {
	f, err := read(archive)
	if err != nil {
		panic(fmt.Errorf("sdktest: the fixtures: %w", err))
	}
	return f
})

// files are the entries of an archive by name.
type files map[string][]byte

func unpack(source []byte) (files, error) {
	reader, err := zip.NewReader(bytes.NewReader(source), int64(len(source)))
	if err != nil {
		return nil, err
	}
	all := files{}
	for _, entry := range reader.File {
		content, err := entry.Open()
		if err != nil {
			return nil, err
		}
		if all[entry.Name], err = io.ReadAll(content); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func read(source []byte) (*fixture, error) {
	all, err := unpack(source)
	if err != nil {
		return nil, err
	}
	f := &fixture{
		records: map[string]*lhcrv1.GetRecordResponse{}, documents: map[documentKey]document{},
		regions: &lhcrv1.ListRegionsResponse{}, endpoints: &lhcrv1.ListNetworkEndpointsResponse{},
	}
	if err := json.Unmarshal(all["patients.json"], &f.patients); err != nil {
		return nil, err
	}
	for _, p := range f.patients {
		record := &lhcrv1.GetRecordResponse{}
		if err := proto.Unmarshal(all["records/"+p.Slug+".binpb"], record); err != nil {
			return nil, err
		}
		f.records[p.NHSNumber] = record
		if err := f.readDocuments(all, p); err != nil {
			return nil, err
		}
	}
	if err := proto.Unmarshal(all["regions.binpb"], f.regions); err != nil {
		return nil, err
	}
	return f, proto.Unmarshal(all["endpoints.binpb"], f.endpoints)
}

func (f *fixture) readDocuments(all files, p Patient) error {
	for name, content := range all {
		base, found := strings.CutSuffix(name, ".content")
		if !found || !strings.HasPrefix(base, "documents/"+p.Slug+"/") {
			continue
		}
		asked, info := &lhcrv1.GetDocumentRequest{}, &lhcrv1.DocumentInfo{}
		if err := proto.Unmarshal(all[base+".binpb"], asked); err != nil {
			return err
		}
		if err := proto.Unmarshal(all[base+".info.binpb"], info); err != nil {
			return err
		}
		f.documents[documentKey{p.NHSNumber, asked.GetRegionId(), asked.GetItemId(), asked.GetContentId()}] = document{info, content}
	}
	return nil
}
