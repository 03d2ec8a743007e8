//go:build unix

package redis_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// Values share memory where they come together, and each is the caller's to change:
// writing to one, or behind it, reaches no other. Some are missing, the first is
// smaller than what follows, one is empty and one larger than all room for many.
func TestValuesOfAReadDoNotOverlap(t *testing.T) {
	s := open(t, plain(redistest.Start(t).Addr()))
	p := patient()
	epoch, _ := read(t, s, p)
	var fields []cache.FieldKey
	var cells []cache.Cell
	var want []string
	for i, size := range []int{10, -1, 3000, 3001, 0, 100_000, -1, 1, 20_000, 9000, 9000, 9000, 9000, -1} {
		fields, want = append(fields, newField()), append(want, missing)
		if size >= 0 {
			want[i] = fmt.Sprint(i, string(bytes.Repeat([]byte{byte('a' + i)}, size)))
			cells = append(cells, cache.Cell{Field: fields[i], Value: []byte(want[i])})
		}
	}
	empty := len(want)
	fields, want = append(fields, newField()), append(want, "")
	cells = append(cells, cache.Cell{Field: fields[empty], Value: []byte{}})
	fillOK(t, s, p, epoch, cells...)
	_, got, err := s.Read(soon(t), p, fields)
	if err != nil {
		t.Fatal(err)
	}
	for i, value := range got {
		if (value == nil) != (want[i] == missing) || value != nil && string(value) != want[i] {
			t.Fatalf("value %d is not what was kept", i)
		}
		clear(value)
		_ = append(value, "behind it"...)
	}
	_, again := read(t, s, p, fields...)
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}

// A refusal of the values alone is an error, not a patient of whom nothing is kept.
func TestValuesThatAreRefusedAreNoMiss(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	put(t, s, p, f, "alpha")
	if err := server.Admin().Do(soon(t), "acl", "setuser", "default", "-hmget").Err(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Read(soon(t), p, []cache.FieldKey{f}); causeOf(t, err) != redis.Refused {
		t.Errorf("got %v, want refused", err)
	}
}
