package io.tapsentinel.sentinel.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import com.azure.core.util.Context;
import io.tapsentinel.net.Network;
import io.tapsentinel.net.ReadAnswer;
import io.tapsentinel.process.FatalErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * The JDK HTTP client for Azure's SDKs, used for rows, blobs and tokens. Reads each response body up to a limit, except
 * for downloads, which the caller reads.
 */
public final class AzureHttp implements HttpClient {

    private static final HttpHeaderName PROXY_AUTHORIZATION = HttpHeaderName.fromString(Network.PROXY_AUTHORIZATION);
    private static final int PROXY_WANTS_USER = 407;
    private static final int UNANSWERED = 10;
    /** With one of these context keys the SDK reads a body of any length into memory. */
    private static final List<String> READ_WHOLE = List.of("azure-eagerly-read-response", "azure-ignore-response-body");
    /** The SDK sets this context key for operations of a service, but not for token requests. */
    private static final String OPERATION = "caller-method";

    private static final int FIRST_REFUSAL = 300;
    /** The JDK client's message when a proxy refuses CONNECT. */
    private static final Pattern REFUSED = Pattern.compile("Tunnel failed, got: (\\d{3})");

    private final Network network;
    private final Duration answer;
    private final int mostMib;
    private final Supplier<HttpClient> maker;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile HttpClient client;

    /**
     * @param connect timeout of connecting
     * @param answer  timeout of each part of a request and response; a whole response body, but each piece of a
     *                download
     * @param mostMib maximum size of a response body that is not a download
     */
    public AzureHttp(Network network, Duration connect, Duration answer, int mostMib) {
        // with any other configuration it looks for a proxy elsewhere too
        this(
                network,
                answer,
                mostMib,
                () -> new JdkHttpClientBuilder(network.client())
                        .configuration(Configuration.NONE)
                        .connectionTimeout(connect)
                        .writeTimeout(answer)
                        .responseTimeout(answer)
                        .readTimeout(answer)
                        .build());
    }

    AzureHttp(Network network, Duration answer, int mostMib, Supplier<HttpClient> maker) {
        this.network = network;
        this.answer = answer;
        this.mostMib = mostMib;
        this.maker = maker;
        this.client = maker.get();
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return send(request, Context.NONE);
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request, Context context) {
        return Mono.fromCallable(() -> sendSync(request, context));
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
        URI to = URI.create(request.getUrl().toString());
        boolean isProxied = network.proxy(to).isPresent();
        network.proxyAuthorization(to).ifPresent(value -> request.setHeader(PROXY_AUTHORIZATION, value));
        try {
            HttpResponse response = sendOrReplaceClient(request, withoutEagerRead(context));
            if (isProxied && response.getStatusCode() == PROXY_WANTS_USER) {
                // nothing to close: the response to CONNECT has no body
                throw new UncheckedIOException(network.refused(to, PROXY_WANTS_USER));
            }
            return isDownload(response, context) ? response : ReadAnswer.of(response, answer, mostMib);
        } catch (IOException e) {
            throw failed(new UncheckedIOException(e), isProxied, to);
        } catch (RuntimeException e) {
            throw failed(e, isProxied, to);
        }
    }

    private static Context withoutEagerRead(Context context) {
        Context unread = context;
        for (String key : READ_WHOLE) {
            unread = unread.addData(key, false);
        }
        return unread;
    }

    private static boolean isDownload(HttpResponse response, Context context) {
        return response.getStatusCode() < FIRST_REFUSAL
                && context.getData(OPERATION).isPresent()
                && READ_WHOLE.stream().noneMatch(key -> context.getData(key).isPresent());
    }

    /** The exception to throw; an Error that the JDK client wrapped in an IOException is thrown at once. */
    private RuntimeException failed(RuntimeException failure, boolean isProxied, URI to) {
        FatalErrors.rethrowErrorIn(failure);
        if (isProxied && failure instanceof UncheckedIOException unchecked) {
            Matcher status = REFUSED.matcher(String.valueOf(unchecked.getCause().getMessage()));
            if (status.find()) {
                return new UncheckedIOException(network.refused(to, Integer.parseInt(status.group(1))));
            }
        }
        return failure;
    }

    /**
     * An Error ends the thread of the JDK client, and no request is answered any more. After several unanswered
     * requests in a row a new client is made.
     */
    private HttpResponse sendOrReplaceClient(HttpRequest request, Context context) {
        boolean answered = false;
        try {
            HttpResponse response = client.sendSync(request, context);
            answered = true;
            return response;
        } finally {
            if (answered) {
                unanswered.set(0);
            } else if (unanswered.incrementAndGet() % UNANSWERED == 0) {
                client = maker.get();
            }
        }
    }
}
