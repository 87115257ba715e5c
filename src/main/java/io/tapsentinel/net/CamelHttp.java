package io.tapsentinel.net;

import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;

/** Configures Camel's HTTP client with the proxy and certificates of {@link Network}. */
public final class CamelHttp implements HttpClientConfigurer {

    private static final String REACHED = CamelHttp.class.getName() + ".reached";

    private final Network network;

    public CamelHttp(Network network) {
        this.network = network;
    }

    /** Makes an https component use the certificates of the network. */
    public void secure(HttpComponent https) {
        https.setSslContextParameters(new SSLContextParameters() {
            @Override
            public SSLContext createSSLContext(CamelContext context) {
                return network.sslContext();
            }
        });
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setRoutePlanner(new SystemDefaultRoutePlanner(network.proxies()));
        BasicCredentialsProvider users = new BasicCredentialsProvider();
        network.proxy()
                .ifPresent(proxy -> proxy.user()
                        .ifPresent(user -> users.setCredentials(
                                new AuthScope(
                                        proxy.address().getHostString(),
                                        proxy.address().getPort()),
                                new UsernamePasswordCredentials(
                                        user.name(), user.password().toCharArray()))));
        builder.setDefaultCredentialsProvider(users);
        // HttpClient 5.6 keeps Content-Encoding after decompressing, so Camel 4.18 would decompress again
        builder.addExecInterceptorBefore(ChainElement.COMPRESS.name(), "unpacked", CamelHttp::withoutEncoding);
        // a proxy that refuses CONNECT answers instead of TAP; its 403 is not about TAP's credentials
        builder.addExecInterceptorBefore(ChainElement.CONNECT.name(), "proxy-refusal", this::tellApart);
        builder.addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "reached", (request, scope, chain) -> {
            scope.clientContext.setAttribute(REACHED, true);
            return chain.proceed(request, scope);
        });
    }

    private static ClassicHttpResponse withoutEncoding(
            ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (response.getEntity() != null && response.getEntity().getContentEncoding() == null) {
            response.removeHeaders(HttpHeaders.CONTENT_ENCODING);
        }
        return response;
    }

    private ClassicHttpResponse tellApart(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.removeAttribute(REACHED);
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (scope.clientContext.getAttribute(REACHED) != null) {
            return response;
        }
        int status = response.getCode();
        response.close();
        throw network.refused(URI.create(scope.route.getTargetHost().toURI()), status);
    }
}
