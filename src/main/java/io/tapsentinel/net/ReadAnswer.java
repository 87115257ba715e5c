package io.tapsentinel.net;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.CoreUtils;
import io.tapsentinel.event.HumanText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An HTTP response whose body is in memory. */
public final class ReadAnswer extends HttpResponse {

    private static final int PART = 8_192;
    private static final int FIRST_ERROR = 300;
    /** Bytes; the rest of an error's body is dropped. */
    private static final int ERROR = 65_536;

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    public ReadAnswer(HttpRequest request, int status, HttpHeaders headers, byte[] body) {
        super(request);
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /**
     * Reads a response and closes it; of an error only the first 64 KiB.
     *
     * @param within  time limit for the body; a read that blocks may take as long again
     * @param mostMib size limit for the body of a success, in MiB
     * @throws IOException when a limit is exceeded or the body is truncated
     */
    public static ReadAnswer of(HttpResponse answer, Duration within, int mostMib) throws IOException {
        boolean isError = answer.getStatusCode() >= FIRST_ERROR;
        int most = isError ? ERROR : mostMib << 20;
        long end = System.nanoTime() + within.toNanos();
        // doubling PART reaches the limit exactly, so the buffer never exceeds it
        ByteArrayOutputStream body = new ByteArrayOutputStream(PART);
        byte[] part = new byte[PART];
        try (answer;
                InputStream in = answer.getBodyAsBinaryData().toStream()) {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                if (body.size() + read > most) {
                    if (isError) {
                        body.write(part, 0, most - body.size());
                        break;
                    }
                    throw new IOException("the answer is longer than " + mostMib + " MiB. Check which server answers");
                }
                if (System.nanoTime() - end > 0) {
                    throw new HttpTimeoutException("the answer's body takes longer than " + HumanText.duration(within)
                            + ". Check which server answers");
                }
                body.write(part, 0, read);
            }
        }
        return new ReadAnswer(answer.getRequest(), answer.getStatusCode(), answer.getHeaders(), body.toByteArray());
    }

    @Override
    public int getStatusCode() {
        return status;
    }

    @Override
    @Deprecated
    public String getHeaderValue(String name) {
        return headers.getValue(name);
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return getBodyAsByteArray().map(ByteBuffer::wrap).flux();
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
        return BinaryData.fromBytes(body);
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(body);
    }

    @Override
    public Mono<String> getBodyAsString() {
        return Mono.just(CoreUtils.bomAwareToString(body, getHeaderValue(HttpHeaderName.CONTENT_TYPE)));
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(new String(body, charset));
    }

    @Override
    public HttpResponse buffer() {
        return this;
    }
}
