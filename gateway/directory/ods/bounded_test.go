package ods_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
)

// endless gives the same organisations again and again, and then the end.
type endless struct {
	rounds int
	rest   []byte
	peak   uint64
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch e.rounds--; {
		case e.rounds > 0:
			e.rest = []byte(organisations)
		case e.rounds == 0:
			e.rest = []byte(endOfManifest)
		default:
			return 0, io.EOF
		}
		if e.rounds%1024 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			e.peak = max(e.peak, m.HeapAlloc)
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestAFileOfAnySizeTakesTheMemoryOfItsOrganisations(t *testing.T) {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	file := &endless{rounds: 10 << 10, rest: []byte(manifest)}
	e, err := ods.Read(file, today)
	if err != nil {
		t.Fatal(err)
	}
	if f := e.Files()[0]; f.Organisations < 30_000 || len(f.Faults) > 20 || e.Len() != 3 {
		t.Errorf("%d organisations, %d faults", f.Organisations, len(f.Faults))
	}
	if grown := int64(file.peak) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d MiB were held at once of a file of %d MiB", grown>>20, len(organisations)*10/1024)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(manifest + organisations + endOfManifest))
	f.Add([]byte(row(map[int]string{1: "FZZ01", 2: "FIRST", 4: "QVV", 15: "15F"})))
	f.Add([]byte("ods_code,name\nQE1,\"NHS \"\"X\"\" Integrated Care Board\"\n"))
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Organization","id":"FZZ01","partOf":{"reference":"Organization/QZZ"}}}]}`))
	f.Add([]byte(`<Organization xmlns="http://hl7.org/fhir"><id value="QZZ"/><partOf><identifier><value value="15F"/></identifier></partOf></Organization>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		e, err := ods.Read(bytes.NewReader(content), today)
		if err != nil {
			return
		}
		if file := e.Files()[0]; e.Len() > 2*file.Organisations {
			t.Errorf("%d organisations of %d", e.Len(), file.Organisations)
		}
	})
}

// FuzzFields: what the standard library reads as one row is read alike.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{`a,b`, `"a","b,c"`, `"a""b",`, `,`, `"open`, `a"b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, ok := ods.Fields(line)
		r := csv.NewReader(strings.NewReader(line))
		r.FieldsPerRecord = -1
		want, err := r.Read()
		if err != nil || strings.ContainsAny(line, "\r\n") {
			return
		}
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	})
}
