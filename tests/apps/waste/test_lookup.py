"""Reads that travel together are answered each with its own."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import RedisError

from apps.common.redis import async_redis
from apps.common.settings import RedisSettings
from apps.waste.lookup import Lookup


@pytest.fixture
def redis_settings(redis_server):
    told = redis_server.environment()
    return RedisSettings(host=told["REDIS_HOST"], port=told["REDIS_PORT"], password=told["REDIS_PASSWORD"])


def run(redis_settings, scenario):
    async def running():
        async with async_redis(redis_settings) as redis:
            await scenario(redis, Lookup(redis))

    asyncio.run(running())


def test_each_gets_the_values_of_its_own_keys_in_few_commands(redis_server, redis_settings):
    async def scenario(redis, lookup):
        await redis.mset({f"lookup:{n}": n for n in range(400)})
        before = (await redis.info("commandstats")).get("cmdstat_mget", {"calls": 0})["calls"]
        wanted = [[f"lookup:{n + m}" for m in range(n % 4)] + ["lookup:none"] for n in range(396)]
        found = await asyncio.gather(*(lookup.values(keys) for keys in wanted))
        after = (await redis.info("commandstats"))["cmdstat_mget"]["calls"]
        for n, values in enumerate(found):
            assert values == [*(str(n + m).encode() for m in range(n % 4)), None]
        assert after - before < 10

    run(redis_settings, scenario)


def test_one_that_is_given_up_disturbs_nobody(redis_settings):
    async def scenario(redis, lookup):
        await redis.set("lookup:1", "x")
        tasks = [asyncio.create_task(lookup.values(["lookup:1"])) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [found[0], found[2]] == [[b"x"], [b"x"]]
        assert isinstance(found[1], asyncio.CancelledError)

    run(redis_settings, scenario)


def test_everybody_is_told_of_an_outage_and_of_its_end(redis_server, redis_settings):
    async def scenario(redis, lookup):
        redis_server.stop()
        try:
            found = await asyncio.gather(*(lookup.values(["x"]) for _ in range(3)), return_exceptions=True)
        finally:
            redis_server.start()
        assert all(isinstance(each, RedisError) for each in found)
        assert await lookup.values(["x"]) == [None]

    run(redis_settings, scenario)
