package io.tapsentinel.tap.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Limits the size of TAP's answers, both compressed and uncompressed: a small answer may unpack to any size and a long
 * one to nothing. Too many events fail with {@link AnswerTooLargeException}; a refusal is truncated. The rest is not
 * read and its connection is closed.
 */
public final class AnswerLimits implements HttpClientConfigurer {

    /** Bytes of a refusal to read. */
    public static final int REFUSAL = 65_536;

    private static final int FIRST_REFUSAL = 300;
    private static final long MEGABYTE = 1_000_000;

    private final TapHost tap;
    private final int megabytes;

    /** @param megabytes limit for an answer with events */
    public AnswerLimits(URI tap, int megabytes) {
        this.tap = new TapHost(tap);
        this.megabytes = megabytes;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addExecInterceptorAfter(ChainElement.COMPRESS.name(), "tap-transferred", this::limited);
        builder.addExecInterceptorFirst("tap-unpacked", (request, scope, chain) -> {
            ClassicHttpResponse response = limited(request, scope, chain);
            return tap.isAskedBy(request) && response.getCode() >= FIRST_REFUSAL ? beginning(response) : response;
        });
    }

    private ClassicHttpResponse limited(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (tap.isAskedBy(request)) {
            AnswerBody.wrap(response, content -> new Limited(content, scope.execRuntime));
        }
        return response;
    }

    /** Truncates a refusal. Its status counts whatever its body is. */
    private static ClassicHttpResponse beginning(ClassicHttpResponse refusal) throws IOException {
        HttpEntity body = refusal.getEntity();
        if (body == null) {
            return refusal;
        }
        byte[] read = new byte[REFUSAL];
        int length = 0;
        try (InputStream in = body.getContent()) {
            for (int some = 0; some >= 0 && length < REFUSAL; some = in.read(read, length, REFUSAL - length)) {
                length += some;
            }
        } catch (IOException e) {
            // the body breaks off or is too long
        }
        refusal.setEntity(new ByteArrayEntity(read, 0, length, ContentType.parse(body.getContentType())));
        return refusal;
    }

    private final class Limited extends AnswerBody {

        private final ExecRuntime connection;
        private long left;
        private boolean isAtEnd;

        private Limited(InputStream content, ExecRuntime connection) {
            super(content);
            this.connection = connection;
            this.left = megabytes * MEGABYTE;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read;
            try {
                read = in.read(into, from, length);
            } catch (StackOverflowError e) {
                // GZIPInputStream recurses for each part that unpacks to nothing
                throw new AnswerTooLargeException("thousands of empty gzip parts");
            }
            isAtEnd = read < 0;
            left -= Math.max(0, read);
            if (left < 0) {
                throw new AnswerTooLargeException("more than " + megabytes + " MB (tap.max-answer-megabytes)");
            }
            return read;
        }

        /** Discards the connection, since HttpClient would read the rest to reuse it. */
        @Override
        public void close() throws IOException {
            if (isAtEnd) {
                super.close();
                return;
            }
            connection.discardEndpoint();
            try {
                super.close();
            } catch (IOException e) {
                // expected: its end can no longer be read
            }
        }
    }
}
