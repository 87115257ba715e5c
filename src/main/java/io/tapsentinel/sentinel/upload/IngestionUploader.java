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

/** Uploads by Azure's Logs Ingestion API: one request a call. */
public final class IngestionUploader implements Uploader {

    private static final int UNAUTHORIZED = 401;
    /** The key under which the JDK client looks up the timeout of a call. */
    private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

    private final URI endpoint;
    private final Supplier<LogsIngestionClient> clients;
    private final String ruleId;
    private volatile Session session;

    /** A client and whether its token was refused. A request keeps the session it began with. */
    private static final class Session {
        private final LogsIngestionClient client;
        private volatile boolean refused;

        Session(LogsIngestionClient client) {
            this.client = client;
        }
    }

    /**
     * @param endpoint used in messages only
     * @param clients  makes clients that do not retry, each with its own token
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
        // sets the encoding, otherwise the client compresses again
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
                // the credential throws this type too, without a response
                String message = "no access token: " + SafeMessage.of(e);
                throw isConnectionFailure(e)
                        ? UploadException.neverSent(message)
                        : new UploadException(UNAUTHORIZED, message);
            }
            used.refused |= e.getResponse().getStatusCode() == UNAUTHORIZED;
            throw UploadException.of(e.getResponse(), body);
        } catch (RuntimeException e) {
            FatalErrors.rethrowErrorIn(e);
            restoreInterrupt(e);
            String message = "no answer from " + Network.place(endpoint) + ": " + SafeMessage.of(e);
            throw isConnectionFailure(e) ? UploadException.neverSent(message) : new UploadException(0, message);
        }
    }

    /** Whether the connection failed, so nothing was sent. */
    private static boolean isConnectionFailure(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
    }

    /** Restores the interrupt flag that the client cleared; otherwise a stop would wait for the next attempt. */
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
