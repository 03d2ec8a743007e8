package composite

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A handle is a version, a sum over the rest, and for each system the length of its own handle
// (base 128) and that handle. The sum only finds what was damaged on its way: that a handle is
// the patient's is for each system to see.
const (
	handleVersion = 1
	sumSize       = 8
)

// frame makes one handle of those of the systems, nothing if none gave any.
func frame(handles [][]byte) []byte {
	var body []byte
	given := false
	for _, h := range handles {
		given = given || len(h) > 0
		body = append(binary.AppendUvarint(body, uint64(len(h))), h...)
	}
	if !given {
		return nil
	}
	sum := sha256.Sum256(body)
	return append(append([]byte{handleVersion}, sum[:sumSize]...), body...)
}

// unframe gives each system's handle; nothing for each if there is none. A handle that is not
// one of so many systems is INVALID_ARGUMENT.
func unframe(handle []byte, systems int) ([][]byte, error) {
	handles := make([][]byte, systems)
	if len(handle) == 0 {
		return handles, nil
	}
	if len(handle) < 1+sumSize || handle[0] != handleVersion {
		return nil, errHandle()
	}
	body := handle[1+sumSize:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:sumSize], handle[1:1+sumSize]) {
		return nil, errHandle()
	}
	for i := range handles {
		length, size := binary.Uvarint(body)
		if size <= 0 || length > uint64(len(body)-size) {
			return nil, errHandle()
		}
		body = body[size:]
		handles[i], body = body[:length:length], body[length:]
	}
	if len(body) > 0 {
		return nil, errHandle()
	}
	return handles, nil
}

func errHandle() error {
	return status.Error(codes.InvalidArgument, "the handle is not one that this region gave: locate again")
}
