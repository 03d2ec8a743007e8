package redis

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// mostRoom is the most that is made for values that did not come yet.
const mostRoom = 32 << 10

// reply takes the reply to an HMGET as it comes, so that every value is written once,
// where it stays, into room for all of them.
type reply struct {
	command *goredis.RawWriteToCmd
	values  [][]byte
	count   int    // of the values that began
	size    int    // of the one that began last
	room    []byte // for those that follow
	strange bool   // it is no list of values
}

var (
	_ io.Writer     = (*reply)(nil)
	_ io.ReaderFrom = (*reply)(nil)
)

// askRaw puts the HMGET into a pipeline.
func askRaw(ctx context.Context, pipe goredis.Pipeliner, key string, fields []cache.FieldKey) *reply {
	r := &reply{values: make([][]byte, len(fields))}
	r.command = goredis.NewRawWriteToCmd(ctx, r, arguments(key, fields)...)
	_ = pipe.Process(ctx, r.command) // it only puts it there
	return r
}

// arguments point at the names: an interface over a pointer is no allocation.
func arguments(key string, fields []cache.FieldKey) []any {
	args, named := append(make([]any, 0, 2+len(fields)), "hmget", key), names(fields)
	for i := range named {
		args = append(args, &named[i])
	}
	return args
}

// result is false where the reply is no list of as many values as were asked for.
func (r *reply) result() (values [][]byte, ok bool, _ error) {
	return r.values, !r.strange && r.count == len(r.values), r.command.Err()
}

// Write takes a line of the protocol, or what ends it. "$" is followed by the length of
// a value, or by -1 where there is none.
func (r *reply) Write(line []byte) (int, error) {
	switch {
	case bytes.HasPrefix(line, []byte("$")):
		r.begin(string(line[1:]))
	case !bytes.HasPrefix(line, []byte("*")) && !bytes.Equal(line, []byte("\r\n")):
		r.strange = true
	}
	return len(line), nil
}

func (r *reply) begin(size string) {
	r.count++
	r.size, _ = strconv.Atoi(size) // the library read it before, and fails where it is none
}

var errNotAsked = errors.New("a value that was not asked for")

// ReadFrom takes a value and the line's end behind it.
func (r *reply) ReadFrom(source io.Reader) (int64, error) {
	switch {
	case r.count < 1 || r.count > len(r.values) || r.size < 0:
		return 0, errNotAsked
	case r.size > cache.MaxValueBytes:
		return io.Copy(io.Discard, source)
	}
	n, err := io.ReadFull(source, r.make(r.size+len("\r\n")))
	return int64(n), err
}

// make is where the value that began goes. Where there is no room it is made for all
// that follow, as if they were as long.
func (r *reply) make(bytes int) []byte {
	if len(r.room) < bytes {
		follow := len(r.values) - r.count
		r.room = make([]byte, bytes+min(follow*bytes, max(mostRoom-bytes, 0)))
	}
	taken := r.room[:bytes:bytes]
	r.room = r.room[bytes:]
	r.values[r.count-1] = taken[:r.size:r.size]
	return taken
}
