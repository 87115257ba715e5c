package io.tapsentinel.tap.api;

import io.tapsentinel.event.HumanText;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Ends a request to TAP that takes longer than {@code tap.request-timeout} in total, with a {@link
 * SocketTimeoutException}. Timeouts in routes apply between two bytes only, so an answer of one byte a second would
 * block a poll for ever.
 */
public final class TapTimeout implements HttpClientConfigurer {

    private final TapHost tap;
    private final Supplier<Duration> limit;

    /** @param limit read at the start of each request */
    public TapTimeout(URI tap, Supplier<Duration> limit) {
        this.tap = new TapHost(tap);
        this.limit = limit;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addExecInterceptorFirst(
                "tap-timeout",
                (request, scope, chain) ->
                        tap.isAskedBy(request) && scope.originalRequest instanceof Cancellable cancellable
                                ? new Request(cancellable).proceed(request, scope, chain)
                                : chain.proceed(request, scope));
    }

    private final class Request {

        private final AtomicBoolean isLate = new AtomicBoolean();
        private final Duration most = limit.get();
        private final CompletableFuture<Void> timer;

        private Request(Cancellable request) {
            timer = CompletableFuture.runAsync(
                    () -> {
                        isLate.set(true);
                        // closes the connection, which wakes the reading thread
                        request.cancel();
                    },
                    CompletableFuture.delayedExecutor(most.toMillis(), TimeUnit.MILLISECONDS));
        }

        private ClassicHttpResponse proceed(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
                throws IOException, HttpException {
            ClassicHttpResponse response;
            try {
                response = chain.proceed(request, scope);
            } catch (IOException e) {
                timer.cancel(false);
                throw timeoutOr(e);
            } catch (HttpException | RuntimeException | Error e) {
                timer.cancel(false);
                throw e;
            }
            if (!AnswerBody.wrap(response, Body::new)) {
                timer.cancel(false);
            }
            return response;
        }

        /** Replaces the exception of a connection that was closed because of the timeout. */
        private IOException timeoutOr(IOException failure) {
            if (!isLate.get()) {
                return failure;
            }
            SocketTimeoutException late = new SocketTimeoutException("TAP's answer was not complete after "
                    + HumanText.duration(most) + " (tap.request-timeout); two timeouts in a row halve the window");
            late.initCause(failure);
            return late;
        }

        private final class Body extends AnswerBody {

            private Body(InputStream content) {
                super(content);
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int read;
                try {
                    read = in.read(into, from, length);
                } catch (IOException e) {
                    throw timeoutOr(e);
                }
                if (read < 0 && isLate.get()) {
                    // some bodies treat a closed connection as their end
                    throw timeoutOr(new IOException("closed"));
                }
                return read;
            }

            @Override
            public void close() throws IOException {
                timer.cancel(false);
                super.close();
            }
        }
    }
}
