package io.tapsentinel.net;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

/** A safe message for network exceptions: it quotes nothing from an answer but numbers. */
final class NetworkMessage {

    private static final Pattern NETWORK = Pattern.compile(
            "(java\\.net|sun\\.nio\\.ch|sun\\.net\\.(ext|spi)|jdk\\.internal\\.net|sun\\.security\\.ssl|org\\.apache\\.hc)\\..*");
    /** HttpClient's exceptions whose messages quote nothing from an answer but numbers. */
    private static final Set<Class<?>> OWN_WORDS = Set.of(
            ConnectTimeoutException.class,
            ConnectionClosedException.class,
            HttpHostConnectException.class,
            MessageConstraintException.class,
            NoHttpResponseException.class,
            TruncatedChunkException.class);

    private NetworkMessage() {}

    /** Empty for other exceptions. */
    static Optional<String> of(Throwable failure) {
        if (!isOfTheNetwork(failure)) {
            return Optional.empty();
        }
        String said = Redactor.line(String.valueOf(failure.getMessage()));
        if (failure instanceof UnknownHostException) {
            said = "the host name " + said.replaceAll("[:\\s].*", "") + " has no address";
        } else if (failure instanceof UnresolvedAddressException
                || failure.getCause() instanceof UnresolvedAddressException) {
            said = "the host name has no address";
        } else if (failure instanceof ProtocolException
                || failure.getClass().getName().startsWith("org.apache.hc.")
                        && !OWN_WORDS.contains(failure.getClass())) {
            // the message may quote the answer
            said = "the answer is not valid HTTP; check which server answers";
        } else if (failure instanceof MessageConstraintException) {
            said += "; the limit is " + BoundedHttpComponent.MOST_HEADERS + " headers of "
                    + BoundedHttpComponent.LONGEST_LINE / 1_024 + " KiB. Check which server answers";
        } else if (failure.getMessage() == null) {
            // the JDK's client gives no message when it cannot connect
            said = failure instanceof ConnectException
                    ? "cannot connect"
                    : failure.getClass().getSimpleName();
        }
        return Optional.of(said + Network.remedy(failure));
    }

    static boolean isOfTheNetwork(Throwable failure) {
        return failure instanceof SocketException
                || failure instanceof SocketTimeoutException
                || failure instanceof SSLException
                || failure instanceof UnknownHostException
                || failure instanceof HttpTimeoutException
                || failure instanceof UnresolvedAddressException
                || failure instanceof IOException
                        && (NETWORK.matcher(failure.getClass().getName()).matches()
                                || NETWORK.matcher(SafeMessage.thrower(failure)).matches());
    }
}
