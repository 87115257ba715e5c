package io.tapsentinel.packaged;

import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServer.Step;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What TAP can do to a request instead of answering it. */
enum TapFault implements Step {
    STATUS_500(text(500, "Internal Server Error")),
    STATUS_502(text(502, "Bad Gateway")),
    STATUS_503(text(503, "Service Unavailable")),
    STATUS_504(text(504, "Gateway Timeout")),
    THROTTLED_429(text(429, "The limit of requests per 24 hours is exceeded")),
    TOO_SHORT_400(text(400, "The requested interval is too short. Requests must be for at least 30.00s of data")),
    TOO_OLD_400(text(
            400,
            "The requested start time is too far into the past. Requests for information up to 7.00d are accepted")),
    STILL_CURRENT_400(text(400, "The requested interval is still current")),
    BADLY_FORMED_400(text(400, "The interval parameter is badly formed")),
    WITHOUT_TEXT_400(text(400, "")),
    RESET(ScriptedRequest::reset),
    CUT_IN_HTTP(call -> half(call).close()),
    HALF_A_DOCUMENT(call -> {
        Answer whole = call.forward();
        call.send(new Answer(200, whole.headers(), Arrays.copyOf(whole.body(), whole.body().length / 2)));
    }),
    HTML_PAGE(call -> call.send(
            new Answer(200, Map.of("content-type", "text/html"), "<html><body>maintenance</body></html>".getBytes()))),
    SLOW_BODY(call -> {
        OutputStream out = half(call);
        LockSupport.parkNanos(TapFault.SLOW_MS * 1_000_000L);
        out.close();
    });

    /** How long half a body is all that comes; the program has to give up well before. */
    static final int SLOW_MS = 4_000;

    private final Step step;

    TapFault(Step step) {
        this.step = step;
    }

    @Override
    public void on(ScriptedRequest call) throws IOException, InterruptedException {
        step.on(call);
    }

    private static Step text(int status, String text) {
        return call -> call.send(status, text);
    }

    private static OutputStream half(ScriptedRequest call) throws IOException, InterruptedException {
        Answer whole = call.forward();
        OutputStream out = call.head(whole);
        out.write(whole.body(), 0, whole.body().length / 2);
        out.flush();
        return out;
    }
}
