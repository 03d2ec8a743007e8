package allowlist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// MaxBytes is the largest list that is read.
const MaxBytes = 4 << 20

// Read reads a list as [CSV] writes it, or as JSON of a ListNetworkEndpointsResponse, which
// is what the REST interface answers. Columns may stand in another order, and others
// between them. The error says what is missing, and on which line.
func Read(saved []byte) ([]*lhcrv1.NetworkEndpoint, error) {
	if len(saved) > MaxBytes {
		return nil, fmt.Errorf("larger than the %d bytes of any list", MaxBytes)
	}
	saved = bytes.TrimSpace(bytes.TrimPrefix(saved, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(saved, []byte("{")) {
		var list lhcrv1.ListNetworkEndpointsResponse
		if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(saved, &list) != nil {
			return nil, errors.New("no list of network endpoints in JSON")
		}
		return list.GetEndpoints(), nil
	}
	return readCSV(saved)
}

func readCSV(saved []byte) ([]*lhcrv1.NetworkEndpoint, error) {
	r := csv.NewReader(bytes.NewReader(saved))
	r.FieldsPerRecord = -1
	titles, err := r.Read()
	if err != nil {
		return nil, errors.New("no list of network endpoints: want CSV with a header, or JSON")
	}
	at, err := places(titles)
	if err != nil {
		return nil, err
	}
	var list []*lhcrv1.NetworkEndpoint
	for {
		cells, err := r.Read()
		if err != nil {
			return list, ended(err)
		}
		line, _ := r.FieldPos(0)
		e, err := endpoint(cells, at)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		list = append(list, e)
	}
}

// ended is nil where a list was read to its end.
func ended(err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return fmt.Errorf("line %d: a quotation mark is not where one can be", wrong.Line)
	}
	return nil
}

// places say where each column stands.
func places(titles []string) ([len(columns)]int, error) {
	var at [len(columns)]int
	for i, title := range titles {
		titles[i] = strings.ToLower(strings.TrimSpace(title))
	}
	for i, want := range columns {
		if at[i] = slices.Index(titles, want); at[i] < 0 {
			return at, fmt.Errorf("no column %q in the header: want %s", want, strings.Join(columns[:], ", "))
		}
	}
	return at, nil
}

func endpoint(cells []string, at [len(columns)]int) (*lhcrv1.NetworkEndpoint, error) {
	var found [len(columns)]string
	for i, place := range at {
		if place >= len(cells) {
			return nil, fmt.Errorf("no %s", columns[i])
		}
		found[i] = plain(strings.TrimSpace(cells[place]))
	}
	port, err := strconv.ParseUint(found[2], 10, 16)
	if err != nil {
		return nil, errors.New("the port is no number")
	}
	return &lhcrv1.NetworkEndpoint{
		RegionId: found[0], Host: found[1], Port: uint32(port), Protocol: found[3], Network: found[4], Direction: found[5], Purpose: found[6],
	}, nil
}
