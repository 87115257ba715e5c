package io.tapsentinel.net;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Decides which requests use the proxy: all https requests, except to hosts in {@code NO_PROXY}, to this machine, and to link-local
 * addresses (the clouds' identity and metadata services).
 */
final class ProxyRules extends ProxySelector {

    private static final int HTTPS_PORT = 443;

    private final ProxyAddress proxy;
    private final NoProxy without;

    /** @param proxy null for none */
    ProxyRules(ProxyAddress proxy, NoProxy without) {
        this.proxy = proxy;
        this.without = without;
    }

    Optional<ProxyAddress> proxy() {
        return Optional.ofNullable(proxy);
    }

    /** The proxy for this URL. */
    Optional<ProxyAddress> of(URI to) {
        boolean secure = "https".equalsIgnoreCase(to.getScheme());
        if (proxy == null || !secure || to.getHost() == null) {
            return Optional.empty();
        }
        String host = to.getHost().replaceAll("^\\[|]$|\\.$", "");
        boolean near = isNear(host) || without.meets(host, to.getPort() < 0 ? HTTPS_PORT : to.getPort());
        return near ? Optional.empty() : Optional.of(proxy);
    }

    private static boolean isNear(String host) {
        return "localhost".equalsIgnoreCase(host)
                || AddressRange.address(host)
                        .filter(address -> address.isLoopbackAddress() || address.isLinkLocalAddress())
                        .isPresent();
    }

    @Override
    public List<Proxy> select(URI to) {
        return List.of(
                of(to).map(found -> new Proxy(Proxy.Type.HTTP, found.address())).orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI to, SocketAddress proxyAddress, IOException e) {
        // the caller reports it; there is no other proxy to try
    }
}
