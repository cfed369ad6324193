package api

import (
	"context"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kohtaamo/scheduling"
)

// messageType is what a message comes as (RFC 2046, section 5.2.1).
const messageType = "message/rfc822"

// A Message is a mail that came in, as a mail server had it.
type Message struct {
	RawBody []byte `contentType:"message/rfc822"`

	mediaType string
}

// Resolve notes as what the body came.
func (m *Message) Resolve(ctx huma.Context) []error {
	m.mediaType, _, _ = mime.ParseMediaType(ctx.Header("Content-Type"))
	return nil
}

// Received is what a message led to.
type Received struct {
	Reception string `json:"reception" enum:"recorded,repeated,ignored,refused" doc:"recorded: an answer or a report counts. repeated: it says what is known or was overtaken. ignored: it is neither. refused: it is one, but not shown to be the person's own or about a mail of ours"`
	Detail    string `json:"detail" doc:"Why, in English, for a log; names nobody"`
}

// Reception is the answer of receive-mail.
type Reception struct{ Body Received }

func (a *API) mailRoutes() {
	o := op{method: http.MethodPost, path: "/mail/received", id: "receive-mail", summary: "Hand in a message that came to the mailbox for answers", subject: "mail"}
	o.about = "For a mail server or a service that takes mail for you: the message as it came in (" + messageType + "), at most 1 MB. " +
		"An answer to an invite is kept, and the report of a mail server that a mail came back or was called spam, with what follows from it; anything else is ignored. The same message any number of times does the same once. " +
		"Answers 503 when it should be sent again. The token needs the role of an administrator, since it vouches for what the mail server wrote into the message; the scope mail:write keeps it to this."
	add(a, o, a.receiveMail)
}

func (a *API) receiveMail(ctx context.Context, by scheduling.Actor, in *Message) (*Reception, error) {
	if in.mediaType != messageType {
		return nil, callerIn(ctx).newProblem(http.StatusUnsupportedMediaType, "unsupported", "api.media_message")
	}
	got, err := a.cfg.Desk.ReceiveMail(ctx, by, in.RawBody)
	if err != nil {
		return nil, err
	}
	a.cfg.Log.InfoContext(ctx, "mail received", "reception", got.Reception, "detail", got.Detail)
	return &Reception{Received{string(got.Reception), got.Detail}}, nil
}
