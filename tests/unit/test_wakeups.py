import asyncio
import threading

from pages.ui.wakeups import wake_once


def counted(loop):
    """Return the list to which each byte that wakes a loop is added."""
    written, wake = [], loop._write_to_self

    def count():
        written.append(threading.get_ident())
        wake()

    loop._write_to_self = count
    return written


def hand_over(loop, got, first):
    for number in range(first, first + 1_000):
        loop.call_soon_threadsafe(got.append, number)


def test_everything_handed_over_is_done_in_order_with_few_wakeups():
    async def play():
        loop, got = asyncio.get_running_loop(), []
        written = counted(loop)
        wake_once(loop)
        threads = [threading.Thread(target=hand_over, args=(loop, got, 1_000 * k)) for k in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
        return got, written

    got, written = asyncio.run(play())
    assert sorted(got) == list(range(4_000))
    for k in range(4):
        mine = [number for number in got if number // 1_000 == k]
        assert mine == sorted(mine)
    assert 0 < len(written) < 4_000


def test_a_loop_that_sleeps_is_woken_each_time():
    async def play():
        loop = asyncio.get_running_loop()
        wake_once(loop)
        for _ in range(50):
            heard = asyncio.Event()
            timer = threading.Timer(0.002, loop.call_soon_threadsafe, (heard.set,))
            timer.start()
            async with asyncio.timeout(10):
                await heard.wait()

    asyncio.run(play())


def test_the_loops_own_thread_writes_no_byte():
    async def play():
        loop = asyncio.get_running_loop()
        written = counted(loop)
        wake_once(loop)
        done = asyncio.Event()
        loop.call_soon_threadsafe(done.set)
        await done.wait()
        assert not written

    asyncio.run(play())


def test_another_kind_of_loop_stays_as_it_is():
    class Loop:
        pass

    loop = Loop()
    wake_once(loop)
    assert not vars(loop)
