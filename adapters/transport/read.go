package transport

import (
	"context"
	"io"
)

// ReadAll reads a body to its end, at most limit bytes. What came before a failure is
// given beside the [*Error]; more than limit bytes fail with KindTooLarge.
func ReadAll(ctx context.Context, from io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], &Error{Kind: KindTooLarge}
	}
	return data, Failure(ctx, err)
}
