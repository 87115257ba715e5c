package io.tapsentinel.sentinel.upload;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.rest.RequestOptions;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.monitor.ingestion.LogsIngestionClient;
import io.tapsentinel.net.FastGzip;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Uploads by Azure's Logs Ingestion API: one call, one request, one acknowledgement. */
public final class IngestionUploader implements Uploader {

    private static final int UNAUTHORIZED = 401;
    /** Where the JDK's client looks for a time-out of one call. */
    private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

    private final URI endpoint;
    private final Supplier<LogsIngestionClient> clients;
    private final String ruleId;
    private volatile Session session;

    /** A client and whether its token was refused; a request keeps the one it began with. */
    private static final class Session {
        private final LogsIngestionClient client;
        private volatile boolean refused;

        Session(LogsIngestionClient client) {
            this.client = client;
        }
    }

    /**
     * @param endpoint where the clients send to, for messages
     * @param clients  makes clients that do not retry by themselves, each with a token of its own
     * @param ruleId   immutable id of the data collection rule
     */
    public IngestionUploader(URI endpoint, Supplier<LogsIngestionClient> clients, String ruleId) {
        this.endpoint = endpoint;
        this.clients = clients;
        this.ruleId = ruleId;
        this.session = new Session(clients.get());
    }

    @Override
    public void upload(String stream, byte[] body) throws UploadException {
        upload(stream, body, Context.NONE);
    }

    @Override
    public void upload(String stream, byte[] body, Duration most) throws UploadException {
        upload(stream, body, new Context(RESPONSE_TIMEOUT, most));
    }

    private void upload(String stream, byte[] body, Context context) throws UploadException {
        // the client compresses with its own level unless the encoding is set
        RequestOptions options = new RequestOptions()
                .setHeader(HttpHeaderName.CONTENT_ENCODING, "gzip")
                .setContext(context);
        Session used = session;
        try {
            used.client.uploadWithResponse(ruleId, stream, BinaryData.fromBytes(FastGzip.compress(body)), options);
        } catch (HttpResponseException e) {
            if (e.getResponse() == null) {
                FatalErrors.rethrowErrorIn(e);
                restoreInterrupt(e);
                // the credential's exceptions are of this type too, and have no answer of the sink
                String message = "no access token: " + SafeMessage.of(e);
                throw isOfConnecting(e)
                        ? UploadException.neverSent(message)
                        : new UploadException(UNAUTHORIZED, message);
            }
            used.refused |= e.getResponse().getStatusCode() == UNAUTHORIZED;
            throw UploadException.of(e.getResponse(), body);
        } catch (RuntimeException e) {
            FatalErrors.rethrowErrorIn(e);
            restoreInterrupt(e);
            String message = "no answer from " + Network.place(endpoint) + ": " + SafeMessage.of(e);
            throw isOfConnecting(e) ? UploadException.neverSent(message) : new UploadException(0, message);
        }
    }

    /** Whether no connection came about, so that nothing was sent. */
    private static boolean isOfConnecting(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
    }

    /** Clients take the mark of an interrupt off the thread, and a stop would then wait for the next attempt. */
    private static void restoreInterrupt(Throwable thrown) {
        if (Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .anyMatch(InterruptedException.class::isInstance)) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void renew() {
        if (session.refused) {
            session = new Session(clients.get());
        }
    }
}
