package io.tapsentinel.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps listeners (metrics, reports, the archive) so that their exceptions cannot fail the delivery of events. The first exception of each
 * method is logged, without its message, which may quote an event; later ones are dropped. A {@link VirtualMachineError} is rethrown.
 * Thread-safe.
 */
public final class SafeListeners {

    private static final Logger LOG = LoggerFactory.getLogger(SafeListeners.class);

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Wraps one listener whose methods return nothing. */
    public static <T> T safe(Class<T> type, T listener) {
        return new SafeListeners().safe(type, listener, null);
    }

    /**
     * The same for several listeners; a method is logged once for all of them.
     *
     * @param type      an interface
     * @param otherwise returned by a method that failed
     */
    public <T> T safe(Class<T> type, T listener, Object otherwise) {
        InvocationHandler handler = (self, method, arguments) -> {
            try {
                return method.invoke(listener, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof VirtualMachineError error) {
                    throw error;
                }
                log(type, method, listener, e.getCause());
                return otherwise;
            }
        };
        return type.cast(Proxy.newProxyInstance(SafeListeners.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void log(Class<?> type, Method method, Object listener, Throwable failure) {
        String what = type.getSimpleName() + "." + method.getName();
        if (logged.add(what)) {
            StackTraceElement[] stack = failure.getStackTrace();
            LOG.warn(
                    "{} of {} failed ({}{}); events are still delivered, and its further failures are not logged",
                    what,
                    listener.getClass().getName(),
                    failure.getClass().getName(),
                    stack.length == 0 ? "" : " at " + stack[0]);
        }
    }
}
