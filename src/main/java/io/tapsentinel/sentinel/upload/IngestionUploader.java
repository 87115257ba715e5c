package io.tapsentinel.sentinel.upload;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.rest.RequestOptions;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.monitor.ingestion.LogsIngestionClient;
import java.net.URI;

/** Uploads by Azure's Logs Ingestion API: one call, one request, one acknowledgement. */
public final class IngestionUploader implements Uploader {

    private final URI endpoint;
    private final LogsIngestionClient client;
    private final String ruleId;

    /**
     * @param endpoint where the client sends to, for messages
     * @param client   a client that does not retry by itself
     * @param ruleId   immutable id of the data collection rule
     */
    public IngestionUploader(URI endpoint, LogsIngestionClient client, String ruleId) {
        this.endpoint = endpoint;
        this.client = client;
        this.ruleId = ruleId;
    }

    @Override
    public void upload(String stream, byte[] body) throws UploadException {
        // the client compresses with its own level unless the encoding is set
        RequestOptions options = new RequestOptions().setHeader(HttpHeaderName.CONTENT_ENCODING, "gzip").setContext(Context.NONE);
        try {
            client.uploadWithResponse(ruleId, stream, BinaryData.fromBytes(Gzip.compress(body)), options);
        } catch (HttpResponseException e) {
            if (e.getResponse() == null) {
                Failure.restoreInterrupt(e);
                // the credential's exceptions are of this type too, and have no answer of the sink
                throw new UploadException(0, "upload to " + stream + " has no token: " + Failure.of(e));
            }
            throw ErrorAnswer.of(stream, e.getResponse());
        } catch (RuntimeException e) {
            Failure.restoreInterrupt(e);
            throw new UploadException(0, "upload to " + stream + " got no answer from " + Failure.place(endpoint) + ": " + Failure.of(e));
        }
    }
}
